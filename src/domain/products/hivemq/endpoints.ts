import { HivekeeperError } from '../../errors/index.js';
import { findHost, type ResolvedHost } from '../../spec/resolved-host.js';
import type { ClientEndpoint, ClientPort, MetricsEndpoint } from '../endpoint.js';
import type { BindAddress } from './spec/bind-address.js';
import { isLoopback, isWildcard } from './spec/bind-address.js';
import { type HivemqSpec, metricsEndpoint, resolveBindAddress } from './spec/index.js';

const resolvedHosts = (spec: HivemqSpec, members: readonly string[]): ResolvedHost[] =>
  members.flatMap((name) => findHost(spec, name) ?? []);

/** From elsewhere a wildcard is reached at the address of the host. */
const reached = (bind: BindAddress, host: ResolvedHost): string =>
  isWildcard(bind) ? host.address : resolveBindAddress(bind, host);

/** Every MQTT listener of every member. */
export function clientEndpoints(spec: HivemqSpec, members: readonly string[]): ClientEndpoint[] {
  return resolvedHosts(spec, members).flatMap((host) =>
    spec.listeners.map((listener) => ({
      host: host.name,
      address: reached(listener.bindAddress, host),
      port: listener.port,
      protocol: 'path' in listener ? ('ws' as const) : ('mqtt' as const),
      tls: 'tls' in listener,
      ...('path' in listener && { path: listener.path }),
      ...(listener.name !== undefined && { listener: listener.name }),
      local: isLoopback(listener.bindAddress),
    })),
  );
}

const ipAddress = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i;

/** Where one node binds its MQTT listeners, each once. */
export function clientPorts(spec: HivemqSpec, name: string): ClientPort[] {
  const host = findHost(spec, name);
  if (!host) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
  const all = spec.listeners.map(({ bindAddress, port }): ClientPort => {
    const address = resolveBindAddress(bindAddress, host);
    return { address: isWildcard(bindAddress) || !ipAddress.test(address) ? null : address, port };
  });
  return all.filter(
    ({ address, port }, index) => index === all.findIndex((one) => one.address === address && one.port === port),
  );
}

/** Where the Prometheus extension serves the metrics of every member; null where the spec has no such extension. */
export function metricsEndpoints(spec: HivemqSpec, members: readonly string[]): MetricsEndpoint[] | null {
  const endpoint = metricsEndpoint(spec);
  if (!endpoint) return null;
  const { address, port, path, known } = endpoint;
  const wildcard = address === '0.0.0.0' || address === '::';
  const local = address === '::1' || address.startsWith('127.');
  return resolvedHosts(spec, members).map((host) => ({
    host: host.name,
    address: wildcard ? host.address : address,
    ...{ port, path, known, local },
  }));
}
