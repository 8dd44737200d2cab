export { SshHostPool, type PoolOptions } from './host-pool.js';
export { quote } from './quote.js';
