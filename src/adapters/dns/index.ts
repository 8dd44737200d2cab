export { resolveFromHost } from './resolve-from-host.js';
