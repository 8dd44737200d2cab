import type { z } from 'zod';
import { nodeHosts, resolveHost } from '../../../spec/resolved-host.js';
import { isLoopback, isWildcard } from './bind-address.js';
import type { HivemqSpec } from './part.js';
import { portConflicts } from './ports.js';

type Context = z.core.$RefinementCtx;

function checkCluster({ cluster, nodes, policy }: HivemqSpec, context: Context): void {
  const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!cluster.enabled) {
    if (nodes > 1) issue(['cluster', 'enabled'], `${nodes} nodes need a cluster: set it to true, or nodes to 1`);
    return;
  }
  if (policy.maxUnavailable >= cluster.replicaCount) {
    const message = `must be below cluster.replicaCount, which is ${cluster.replicaCount}: else data may be out of reach`;
    issue(['policy', 'maxUnavailable'], message);
  }
  const { heartbeat } = cluster.failureDetection;
  if (heartbeat.timeout <= heartbeat.interval) {
    issue(
      ['cluster', 'failureDetection', 'heartbeat', 'timeout'],
      `must be longer than the interval of ${heartbeat.interval} ms`,
    );
  }
  const { bindAddress } = cluster.transport;
  if (nodes > 1 && bindAddress !== 'host' && !isWildcard(bindAddress)) {
    issue(['cluster', 'transport', 'bindAddress'], 'every node would bind this one address; use host');
  }
}

function checkExposure({ restApi, controlCenter }: HivemqSpec, context: Context): void {
  if (restApi.enabled && !isLoopback(restApi.bindAddress) && restApi.auth === undefined) {
    const message =
      'a REST API beyond the loopback needs restApi.auth; or leave it on the loopback, which Hivekeeper reaches over SSH';
    context.addIssue({ code: 'custom', path: ['restApi', 'bindAddress'], message });
  }
  if (controlCenter.enabled && !isLoopback(controlCenter.bindAddress)) {
    const message =
      "a Control Center beyond the loopback would be open with the vendor's well-known log-in; use loopback";
    context.addIssue({ code: 'custom', path: ['controlCenter', 'bindAddress'], message });
  }
}

function checkPorts(spec: HivemqSpec, context: Context): void {
  const reported = new Set<string>();
  for (const host of nodeHosts(spec)) {
    for (const { path, message } of portConflicts(spec, resolveHost(spec, host))) {
      const key = path.join('.');
      if (!reported.has(key)) context.addIssue({ code: 'custom', path: [...path], message });
      reported.add(key);
    }
  }
}

function checkListenerNames({ listeners }: HivemqSpec, context: Context): void {
  const names = listeners.map((listener) => listener.name);
  names.forEach((name, index) => {
    if (name !== undefined && names.indexOf(name) < index) {
      context.addIssue({
        code: 'custom',
        path: ['listeners', index, 'name'],
        message: `another listener is named ${name}`,
      });
    }
  });
}

/** The rules that tie the HiveMQ keys together. */
export function checkHivemq(spec: HivemqSpec, context: Context): void {
  checkCluster(spec, context);
  checkExposure(spec, context);
  checkPorts(spec, context);
  checkListenerNames(spec, context);
}
