export { resolveBindAddress, type BindAddress } from './bind-address.js';
export { healthEndpoint, restEndpoint, transportEndpoint, type Endpoint } from './endpoints.js';
export type { ListenerSpec } from './listener.js';
export { asHivemqSpec, hivemqSpecSchema, type HivemqSpec } from './part.js';
export { boundPorts, type BoundPort } from './ports.js';
export { hivemqWarnings } from './warnings.js';
