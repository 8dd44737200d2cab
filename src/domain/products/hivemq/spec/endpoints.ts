import type { ResolvedHost } from '../../../spec/resolved-host.js';
import { isWildcard, resolveBindAddress, type BindAddress } from './bind-address.js';
import type { HivemqSpec } from './part.js';

/** Where something is reached from the host itself. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

function endpoint(
  host: ResolvedHost,
  api: { enabled: boolean; port: number; bindAddress: BindAddress },
): Endpoint | null {
  if (!api.enabled) return null;
  const address = isWildcard(api.bindAddress) ? host.loopback : resolveBindAddress(api.bindAddress, host);
  return { address, port: api.port };
}

/** An MQTT listener as seen from its own host. */
export function listenerEndpoint({ port, bindAddress }: HivemqSpec['listeners'][number], host: ResolvedHost): Endpoint {
  return { address: isWildcard(bindAddress) ? host.loopback : resolveBindAddress(bindAddress, host), port };
}

/** The REST API of a node as seen from its own host; null where it is off. */
export const restEndpoint = (spec: HivemqSpec, host: ResolvedHost): Endpoint | null => endpoint(host, spec.restApi);

/** The health API of a node as seen from its own host; null where it is off. */
export const healthEndpoint = (spec: HivemqSpec, host: ResolvedHost): Endpoint | null => endpoint(host, spec.healthApi);

/** Where cluster transport of a node is reached through address translation; null where there is none. */
export function externalEndpoint(spec: HivemqSpec, host: ResolvedHost): Endpoint | null {
  const { transport } = spec.cluster;
  const address = host.external?.address ?? transport.externalAddress;
  if (address === undefined) return null;
  const port = host.external?.port ?? transport.externalPort;
  return { address, port: port === 0 ? transport.bindPort : port };
}

/** Cluster transport of a node as the other nodes see it. */
export function transportEndpoint(spec: HivemqSpec, host: ResolvedHost): Endpoint {
  const external = externalEndpoint(spec, host);
  if (external !== null) return external;
  const { bindAddress, bindPort } = spec.cluster.transport;
  const address = isWildcard(bindAddress) ? host.clusterAddress : resolveBindAddress(bindAddress, host);
  return { address, port: bindPort };
}
