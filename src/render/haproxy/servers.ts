import { HivekeeperError } from '../../domain/errors/index.js';
import { type GateListener, type GateTarget, productOf } from '../../domain/products/index.js';
import { type ClusterSpec, findListener, type FrontendSpec, type HaproxySpec } from '../../domain/spec/index.js';
import type { BalancerServer } from './contract.js';
import { addressWord, authority, isName, word } from './word.js';

export const frontendName = ({ port }: FrontendSpec): string => `in_${port}`;
export const backendName = ({ port }: FrontendSpec): string => `nodes_${port}`;
export const resolversName = 'nodes';

/** Three failed checks in a row, two seconds apart, are a node that is down; two good ones bring it back. */
const rhythm = ['inter', '2s', 'fall', '3', 'rise', '2'];

/** A server before it is known how the whole backend is checked. */
interface Found {
  readonly member: string;
  readonly listener: GateListener;
  readonly readiness: GateTarget['readiness'];
}

/** @throws HivekeeperError InvalidInput, UnknownNode */
function findServer(spec: ClusterSpec, frontend: FrontendSpec, member: string): Found {
  const { listeners, readiness } = productOf(spec).gateTarget(spec, member);
  const found = findListener(listeners, frontend.listener);
  if (found.ok) return { member, listener: found.listener, readiness };
  const message = `${spec.name}: a frontend names the listener ${frontend.listener}, which the spec has not`;
  throw new HivekeeperError('InvalidInput', message);
}

/** A name that only the check needs would be looked up at the start alone, and a failure there would end HAProxy. */
const canBeAsked = ({ readiness, listener }: Found): boolean =>
  readiness !== null && (readiness.address === listener.address || !isName(readiness.address));

/** What is checked: readiness over HTTP where this host can ask for it, else whether the listener takes connections. */
function check({ readiness, listener }: Found, path: string | null): string[] {
  if (readiness === null || path === null) return ['check', ...rhythm];
  const elsewhere = readiness.address === listener.address ? [] : ['addr', addressWord(readiness.address)];
  return ['check', ...elsewhere, 'port', word(readiness.port), ...rhythm];
}

function server(haproxy: HaproxySpec, frontend: FrontendSpec, found: Found, path: string | null): BalancerServer {
  const { member, listener } = found;
  const common = [
    ...check(found, path),
    // Fires for a server in maintenance too: whoever sets `maint` has moved the clients before.
    ...(haproxy.onNodeDown === 'disconnect' ? ['on-marked-down', 'shutdown-sessions'] : []),
    ...((frontend.proxyProtocol ?? listener.proxyProtocol) ? ['send-proxy-v2'] : []),
  ];
  const named = isName(listener.address);
  // A node whose name cannot be resolved yet does not keep HAProxy from starting.
  const resolved = named ? ['resolvers', resolversName, 'init-addr', 'last,libc,none'] : [];
  return {
    member,
    backend: backendName(frontend),
    server: word(member),
    address: listener.address,
    port: listener.port,
    settings: [...common, ...resolved],
    dynamic: named ? null : common,
  };
}

/** The nodes behind one frontend. */
export interface Backend {
  readonly frontend: FrontendSpec;
  /** Path that tells over HTTP whether a node takes clients; null where they are asked by a connection alone. */
  readonly readinessPath: string | null;
  readonly servers: readonly BalancerServer[];
}

/** @throws HivekeeperError InvalidInput, UnknownNode */
export function backendOf(
  spec: ClusterSpec,
  haproxy: HaproxySpec,
  frontend: FrontendSpec,
  members: readonly string[],
): Backend {
  const found = members.map((member) => findServer(spec, frontend, member));
  const readinessPath = found.every(canBeAsked) ? (found[0]?.readiness?.path ?? null) : null;
  return { frontend, readinessPath, servers: found.map((one) => server(haproxy, frontend, one, readinessPath)) };
}

export const serverLine = ({ server, address, port, settings }: BalancerServer): string =>
  `  server ${server} ${authority(address, port)} ${settings.join(' ')}`;
