export { inspectInstallation, type InspectOptions } from './inspect.js';
export { packExtension, takeFile, type PackOptions } from './pack-extension.js';
export { SecretComparison } from './secret-comparison.js';
