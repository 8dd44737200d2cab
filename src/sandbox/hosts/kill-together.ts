import type { Host } from './host.js';

/**
 * SIGKILL for the brokers of several hosts at the same moment. Finding a process takes a look at all of them, long enough
 * for a cluster to rebuild its replicas in between, so all are found before the first one is killed.
 */
export async function killBrokersTogether(hosts: readonly Host[]): Promise<void> {
  const found = hosts.flatMap((host) => host.brokers());
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  await Promise.all(hosts.map((host) => host.kill9('broker')));
}
