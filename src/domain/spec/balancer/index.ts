export { balancerHome, balancerHosts, haproxyOf } from './hosts.js';
export { findListener, type FoundListener } from './listener.js';
export type { FrontendSpec } from './frontend.js';
export type { HaproxySpec } from './haproxy.js';
