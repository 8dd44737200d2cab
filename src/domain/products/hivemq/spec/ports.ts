import type { SpecIssue } from '../../../spec/issue.js';
import type { ResolvedHost } from '../../../spec/resolved-host.js';
import { isWildcard, resolveBindAddress, type BindAddress } from './bind-address.js';
import type { HivemqSpec } from './part.js';
import { metricsEndpoint } from './prometheus.js';

type Path = readonly (string | number)[];

/** One port, or one range of ports, that a node binds. */
export interface BoundPort {
  /** What it is for, as people say it. */
  readonly what: string;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** Further ports after `port` of which any may be taken instead; 0 for most. */
  readonly range: number;
  /** Whether several programs on a host may bind it at once, as with multicast. */
  readonly shared: boolean;
  /** Where the spec says so. */
  readonly path: Path;
}

type Given = Pick<BoundPort, 'what' | 'port' | 'path'> & Partial<BoundPort> & { readonly bindAddress?: BindAddress };

/** JMX binds every address: the vendor's start script gives it a port only. */
const anyAddress = '0.0.0.0';

function ofCluster({ cluster }: HivemqSpec): Given[] {
  if (!cluster.enabled) return [];
  const { transport, discovery, failureDetection } = cluster;
  const check = failureDetection.tcpHealthCheck;
  const udp = transport.type === 'udp' ? transport : null;
  const { bindAddress } = transport;
  return [
    {
      what: 'cluster transport',
      protocol: transport.type,
      bindAddress,
      port: transport.bindPort,
      path: ['cluster', 'transport', 'bindPort'],
    },
    ...(udp?.multicastEnabled
      ? [
          {
            what: 'multicast',
            protocol: 'udp' as const,
            port: udp.multicastPort,
            shared: true,
            path: ['cluster', 'transport', 'multicastPort'],
          },
        ]
      : []),
    ...(discovery.type === 'broadcast'
      ? [
          {
            what: 'broadcast discovery',
            protocol: 'udp' as const,
            port: discovery.port,
            range: discovery.portRange,
            path: ['cluster', 'discovery', 'port'],
          },
        ]
      : []),
    ...(check.enabled && check.bindPort > 0
      ? [
          {
            what: 'the TCP health check',
            bindAddress: check.bindAddress ?? bindAddress,
            port: check.bindPort,
            range: check.portRange,
            path: ['cluster', 'failureDetection', 'tcpHealthCheck', 'bindPort'],
          },
        ]
      : []),
  ];
}

function ofServices(spec: HivemqSpec): Given[] {
  const { restApi, healthApi, controlCenter, jmx } = spec;
  const { https } = controlCenter;
  const metrics = metricsEndpoint(spec);
  return [
    ...(restApi.enabled ? [{ what: 'the REST API', ...restApi, path: ['restApi', 'port'] }] : []),
    ...(healthApi.enabled ? [{ what: 'the health API', ...healthApi, path: ['healthApi', 'port'] }] : []),
    ...(controlCenter.enabled && controlCenter.http
      ? [{ what: 'the Control Center', ...controlCenter, path: ['controlCenter', 'port'] }]
      : []),
    ...(controlCenter.enabled && https
      ? [{ what: 'the Control Center over HTTPS', ...https, path: ['controlCenter', 'https', 'port'] }]
      : []),
    ...(jmx.enabled ? [{ what: 'JMX', port: jmx.port, path: ['jmx', 'port'] }] : []),
    ...(metrics
      ? [
          {
            what: 'the Prometheus extension',
            address: metrics.address,
            port: metrics.port,
            path: ['extensions', metrics.extension],
          },
        ]
      : []),
  ];
}

/** Every port with a fixed number that the broker binds on one host; one that is still to be chosen (0) is left out. */
export function boundPorts(spec: HivemqSpec, host: ResolvedHost): BoundPort[] {
  const listeners = spec.listeners.map(
    (one, index): Given => ({
      what: `the ${one.type} listener`,
      bindAddress: one.bindAddress,
      port: one.port,
      path: ['listeners', index, 'port'],
    }),
  );
  return [...listeners, ...ofCluster(spec), ...ofServices(spec)]
    .filter(({ port }) => port > 0)
    .map(({ what, port, path, protocol = 'tcp', range = 0, shared = false, address, bindAddress = anyAddress }) => ({
      what,
      protocol,
      address: address ?? resolveBindAddress(bindAddress, host),
      port,
      range,
      shared,
      path,
    }));
}

const overlap = (a: BoundPort, b: BoundPort) =>
  a.protocol === b.protocol &&
  a.port <= b.port + b.range &&
  b.port <= a.port + a.range &&
  (a.address === b.address || isWildcard(a.address) || isWildcard(b.address));

const numbers = ({ port, range }: BoundPort) => (range === 0 ? `port ${port}` : `ports ${port} to ${port + range}`);

function conflict(one: BoundPort, other: BoundPort): string {
  if (one.range === 0 && other.range === 0) return `port ${one.port} is already that of ${other.what}`;
  return `${numbers(one)} and ${numbers(other)} of ${other.what} overlap`;
}

/** Ports that two things on one host would bind; the later one is reported. */
export function portConflicts(spec: HivemqSpec, host: ResolvedHost): SpecIssue[] {
  const ports = boundPorts(spec, host);
  return ports.flatMap((one, index) => {
    const other = ports.slice(0, index).find((earlier) => overlap(earlier, one));
    return other ? [{ path: one.path, message: `${conflict(one, other)}; choose another` }] : [];
  });
}
