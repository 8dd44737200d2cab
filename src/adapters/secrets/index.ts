export { mask } from './mask.js';
export { WorkerSecrets, type SecretAllowList, type SecretResolver } from './secret-resolver.js';
