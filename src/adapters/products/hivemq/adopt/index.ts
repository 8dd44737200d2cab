export { inspectInstallation } from './inspect.js';
export type { InspectOptions } from './options.js';
export { packExtension, takeFile, type PackOptions } from './pack-extension.js';
export { SecretComparison } from './secret-comparison.js';
