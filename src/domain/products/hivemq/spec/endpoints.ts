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

/** The REST API of a node as seen from its own host; null where it is off. */
export const restEndpoint = (spec: HivemqSpec, host: ResolvedHost): Endpoint | null => endpoint(host, spec.restApi);

/** The health API of a node as seen from its own host; null where it is off. */
export const healthEndpoint = (spec: HivemqSpec, host: ResolvedHost): Endpoint | null => endpoint(host, spec.healthApi);

/** Cluster transport of a node as the other nodes see it. */
export const transportEndpoint = (spec: HivemqSpec, host: ResolvedHost): Endpoint => ({
  address: host.clusterAddress,
  port: spec.cluster.transport.bindPort,
});
