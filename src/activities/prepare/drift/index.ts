export type { Difference } from './difference.js';
export { findDrift, type Drift, withDrift } from './find-drift.js';
export { type SecretsOnHost, secretsOnHosts } from './secrets.js';
export { driftWarnings } from './warnings.js';
