import {
  balancerHosts,
  type ClusterSpec,
  findListener,
  haproxyOf,
  isLoopback,
  isWildcard,
  nodeHosts,
  resolveBindAddress,
  resolveHost,
} from '../spec/index.js';
import type { ClientEndpoint } from './endpoint.js';
import type { BrokerProduct } from './product.js';

/** As the host of an endpoint that moves between hosts. */
const vipName = 'vip';

/** Where clients reach HAProxy: at its `vip`, else at each of its hosts; empty where there is none. */
export function balancerEndpoints(product: BrokerProduct, spec: ClusterSpec): ClientEndpoint[] {
  const haproxy = haproxyOf(spec);
  const [node] = nodeHosts(spec);
  if (!haproxy || !node) return [];
  // Listeners differ between nodes by their address alone.
  const { listeners } = product.gateTarget(spec, node.name);
  const [vip] = haproxy.vip?.address.split('/') ?? [];
  const hosts = balancerHosts(spec).map((one) => resolveHost(spec, one));
  const endpoint = (frontend: (typeof haproxy.frontends)[number], host: string, address: string): ClientEndpoint[] => {
    const found = findListener(listeners, frontend.listener);
    if (!found.ok) return [];
    const { protocol, tls, path, name } = found.listener;
    return [
      {
        ...{ host, address, protocol, port: frontend.port, local: isLoopback(frontend.bindAddress) },
        tls: tls || frontend.tls !== undefined,
        ...(path !== undefined && { path }),
        ...(name !== undefined && { listener: name }),
      },
    ];
  };
  if (vip !== undefined) return haproxy.frontends.flatMap((frontend) => endpoint(frontend, vipName, vip));
  return hosts.flatMap((host) =>
    haproxy.frontends.flatMap((frontend) => {
      const { bindAddress } = frontend;
      const address = isWildcard(bindAddress) ? host.address : resolveBindAddress(bindAddress, host);
      return endpoint(frontend, host.name, address);
    }),
  );
}
