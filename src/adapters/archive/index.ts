export { inspectZip, type ZipSummary } from './inspect-zip.js';
export { unpackOnHost, type UnpackOptions } from './unpack-on-host.js';
export type { ArchiveLimits } from './zip-items.js';
