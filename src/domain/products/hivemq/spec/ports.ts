import type { SpecIssue } from '../../../spec/issue.js';
import type { ResolvedHost } from '../../../spec/resolved-host.js';
import { isWildcard, resolveBindAddress, type BindAddress } from './bind-address.js';
import type { HivemqSpec } from './part.js';

/** One TCP port that a node binds. */
export interface BoundPort {
  /** What it is for, as people say it. */
  readonly what: string;
  readonly address: string;
  readonly port: number;
  /** Where the spec says so. */
  readonly path: readonly (string | number)[];
}

/** Every TCP port with a fixed number that the broker binds on one host. */
export function boundPorts(spec: HivemqSpec, host: ResolvedHost): BoundPort[] {
  const bound = (what: string, address: BindAddress, port: number, path: readonly (string | number)[]): BoundPort => ({
    what,
    address: resolveBindAddress(address, host),
    port,
    path,
  });
  const { cluster, listeners, restApi, healthApi, controlCenter } = spec;
  const { transport, failureDetection } = cluster;
  const check = failureDetection.tcpHealthCheck;
  return [
    ...listeners.map((one, index) =>
      bound(`the ${one.type} listener`, one.bindAddress, one.port, ['listeners', index, 'port']),
    ),
    ...(cluster.enabled
      ? [bound('cluster transport', transport.bindAddress, transport.bindPort, ['cluster', 'transport', 'bindPort'])]
      : []),
    ...(cluster.enabled && check.enabled && check.bindPort > 0
      ? [
          bound('the TCP health check', check.bindAddress ?? '0.0.0.0', check.bindPort, [
            'cluster',
            'failureDetection',
            'tcpHealthCheck',
            'bindPort',
          ]),
        ]
      : []),
    ...(restApi.enabled ? [bound('the REST API', restApi.bindAddress, restApi.port, ['restApi', 'port'])] : []),
    ...(healthApi.enabled
      ? [bound('the health API', healthApi.bindAddress, healthApi.port, ['healthApi', 'port'])]
      : []),
    ...(controlCenter.enabled
      ? [bound('the Control Center', controlCenter.bindAddress, controlCenter.port, ['controlCenter', 'port'])]
      : []),
  ];
}

const overlap = (a: BoundPort, b: BoundPort) =>
  a.port === b.port && (a.address === b.address || isWildcard(a.address) || isWildcard(b.address));

/** Ports that two things on one host would bind; the later one is reported. */
export function portConflicts(spec: HivemqSpec, host: ResolvedHost): SpecIssue[] {
  const ports = boundPorts(spec, host);
  return ports.flatMap((one, index) => {
    const other = ports.slice(0, index).find((earlier) => overlap(earlier, one));
    return other ? [{ path: one.path, message: `port ${one.port} is already that of ${other.what}` }] : [];
  });
}
