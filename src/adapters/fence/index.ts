export { assertFence, fencedScript, type Fence } from './fenced-script.js';
export { FencedHost } from './fenced-host.js';
export { readIdentity, writeIdentity } from './identity.js';
