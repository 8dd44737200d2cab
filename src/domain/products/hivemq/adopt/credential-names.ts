export { looksSecret } from '../../../secrets/looks-secret.js';
