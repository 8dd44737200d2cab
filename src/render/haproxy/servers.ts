import { HivekeeperError } from '../../domain/errors/index.js';
import { type GateTarget, productOf } from '../../domain/products/index.js';
import { type ClusterSpec, findListener, type FrontendSpec, type HaproxySpec } from '../../domain/spec/index.js';
import type { BalancerServer } from './contract.js';
import { authority, isName, word } from './word.js';

export const frontendName = ({ port }: FrontendSpec): string => `in_${port}`;
export const backendName = ({ port }: FrontendSpec): string => `nodes_${port}`;
export const resolversName = 'nodes';

/** Three failed checks in a row, two seconds apart, are a node that is down; two good ones bring it back. */
const rhythm = ['inter', '2s', 'fall', '3', 'rise', '2'];

/** What is checked: readiness over HTTP where this host can ask for it, else whether the listener takes connections. */
function check({ readiness }: GateTarget): string[] {
  if (readiness === null) return ['check', ...rhythm];
  return ['check', 'addr', word(readiness.address), 'port', word(readiness.port), ...rhythm];
}

/** The listener of one member behind one frontend. @throws HivekeeperError InvalidInput, UnknownNode */
export function balancerServer(
  spec: ClusterSpec,
  haproxy: HaproxySpec,
  frontend: FrontendSpec,
  member: string,
): BalancerServer {
  const target = productOf(spec).gateTarget(spec, member);
  const found = findListener(target.listeners, frontend.listener);
  if (!found.ok) {
    throw new HivekeeperError(
      'InvalidInput',
      `${spec.name}: a frontend names the listener ${frontend.listener}, which the spec has not`,
    );
  }
  const { address, port, proxyProtocol } = found.listener;
  const common = [
    ...check(target),
    // Fires for a server in maintenance too: whoever sets `maint` has moved the clients before.
    ...(haproxy.onNodeDown === 'disconnect' ? ['on-marked-down', 'shutdown-sessions'] : []),
    ...((frontend.proxyProtocol ?? proxyProtocol) ? ['send-proxy-v2'] : []),
  ];
  const named = isName(address) || (target.readiness !== null && isName(target.readiness.address));
  // A node whose name cannot be resolved yet does not keep HAProxy from starting.
  const resolved = named ? ['resolvers', resolversName, 'init-addr', 'last,libc,none'] : [];
  return {
    member,
    backend: backendName(frontend),
    server: word(member),
    address,
    port,
    settings: [...common, ...resolved],
    dynamic: named ? null : common,
  };
}

export const serverLine = ({ server, address, port, settings }: BalancerServer): string =>
  `  server ${server} ${authority(address, port)} ${settings.join(' ')}`;
