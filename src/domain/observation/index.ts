export * from './cluster-observation.js';
