export * from './clients-before.js';
export * from './cluster-observation.js';
export * from './balancer-observation.js';
