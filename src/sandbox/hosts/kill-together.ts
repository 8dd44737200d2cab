import type { Host } from './host.js';

/**
 * SIGKILL for the brokers of several hosts at the same moment. A cluster rebuilds its replicas within milliseconds, which
 * may pass between two signals, so all are stopped before the first one is killed: a stopped broker takes part in nothing,
 * and is missed only after the time-out of its heartbeat.
 */
export async function killBrokersTogether(hosts: readonly Host[]): Promise<void> {
  const found = hosts.flatMap((host) => host.brokers());
  for (const { pid } of found) process.kill(pid, 'SIGSTOP');
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  await Promise.all(hosts.map((host) => host.kill9('broker')));
}
