import type { ClusterSpec } from '../../../spec/common.js';
import type { SpecWarning } from '../../../spec/issue.js';
import { isLoopback } from './bind-address.js';
import { asHivemqSpec } from './part.js';

/** What is allowed for HiveMQ and probably not wanted. */
export function hivemqWarnings(common: ClusterSpec): SpecWarning[] {
  const { cluster, healthApi, nodes, policy, restApi } = asHivemqSpec(common);
  const { heartbeat, tcpHealthCheck } = cluster.failureDetection;
  const rules: [boolean, SpecWarning['path'], string][] = [
    [
      cluster.enabled && cluster.replicaCount > nodes,
      ['cluster', 'replicaCount'],
      `is above the ${nodes} nodes of the cluster; the broker keeps as many replicas as it has nodes`,
    ],
    [
      cluster.enabled && !healthApi.enabled,
      ['healthApi', 'enabled'],
      'without the health API nobody can tell whether a node is synchronized: operations that stop a node will be refused',
    ],
    [
      policy.drain.order !== 'none' && !restApi.enabled,
      ['restApi', 'enabled'],
      'without the REST API clients cannot be moved off a node before it stops',
    ],
    [
      healthApi.enabled && !isLoopback(healthApi.bindAddress),
      ['healthApi', 'bindAddress'],
      'anybody who reaches this address can read the health API; Hivekeeper needs it on the loopback only',
    ],
    [
      cluster.enabled && !heartbeat.enabled && !tcpHealthCheck.enabled,
      ['cluster', 'failureDetection'],
      'with heartbeat and TCP health check off, a lost node is not noticed',
    ],
  ];
  return rules.flatMap(([applies, path, message]) => (applies ? [{ path, message }] : []));
}
