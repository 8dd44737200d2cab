export type { ArchiveLimits } from './archive-items.js';
export { inspectArchive } from './archive-kind.js';
export { inspectZip, type ZipSummary } from './inspect-zip.js';
export { eachZipFile, type ZippedFile } from './each-zip-file.js';
export { readZipText } from './read-text.js';
export { type TarGzEntry, writeTarGz } from './write-tar-gz.js';
export { unpackOnHost, type UnpackOptions } from './unpack-on-host.js';
