/** Makes the archives that the stage offers for download, and the `java` of its hosts. */
export { buildDistribution, buildRecoveryTool } from './build.js';
export { buildExtension, type ExtensionOptions } from './extensions.js';
export { licenseMarker } from '../broker/licenses.js';
export { javaStandIn } from './java.js';
export type { Archive } from '../wire/zip.js';
