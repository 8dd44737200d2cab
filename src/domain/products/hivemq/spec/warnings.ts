import { balancerWarnings } from '../../../spec/balancer/warnings.js';
import type { ClusterSpec } from '../../../spec/common.js';
import type { SpecWarning } from '../../../spec/issue.js';
import { isLoopback } from './bind-address.js';
import { clusterWarnings } from './cluster/warnings.js';
import { asHivemqSpec } from './part.js';
import { judgedListeners } from './rules/balancer.js';

/** What is allowed for HiveMQ and probably not wanted. */
export function hivemqWarnings(common: ClusterSpec): SpecWarning[] {
  const spec = asHivemqSpec(common);
  const { cluster, healthApi, jmx, logLevel, mqtt, policy, restApi } = spec;
  const rules: [boolean, SpecWarning['path'], string][] = [
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
      jmx.enabled,
      ['jmx', 'enabled'],
      "the vendor's start script opens JMX on all addresses and without a password: keep its port closed to others by a firewall",
    ],
    [
      logLevel === 'WARN' || logLevel === 'ERROR',
      ['logLevel'],
      "the broker's own loggers stay at INFO, because synchronization is read from their lines; others follow",
    ],
  ];
  return [
    ...clusterWarnings(spec),
    ...balancerWarnings(spec, {
      listeners: judgedListeners(spec),
      keepAlive: (mqtt?.keepAlive.maxKeepAlive ?? 65_535) * 1_000,
    }),
    ...rules.flatMap(([applies, path, message]) => (applies ? [{ path, message }] : [])),
  ];
}
