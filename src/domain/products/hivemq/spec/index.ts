export { resolveBindAddress, type BindAddress } from './bind-address.js';
export { choosePorts, hasOpenPorts, keepPorts } from './choose-ports.js';
export { discoveryExtensions, type DiscoveryExtension } from './cluster/discovery-extension.js';
export {
  heartbeatTimes,
  type DiscoverySpec,
  type S3DiscoverySpec,
  type TransportSpec,
  type TransportTlsSpec,
} from './cluster/index.js';
export type { ExtensionSpec } from './extensions.js';
export {
  externalEndpoint,
  healthEndpoint,
  listenerEndpoint,
  restEndpoint,
  transportEndpoint,
  type Endpoint,
} from './endpoints.js';
export { type ListenerSpec, type ListenerTlsSpec, listenerTitle } from './listener.js';
export { asHivemqSpec, hivemqSpecSchema, type HivemqSpec } from './part.js';
export { boundPorts, type BoundPort } from './ports.js';
export { metricsEndpoint, type MetricsEndpoint } from './prometheus.js';
export { hivemqWarnings } from './warnings.js';
export type { KeystoreSpec, TruststoreSpec } from './tls/index.js';
export { hasUsers, type UsersSpec } from './users.js';
