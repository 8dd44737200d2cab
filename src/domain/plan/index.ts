export * from './build.js';
export * from './plan.js';
