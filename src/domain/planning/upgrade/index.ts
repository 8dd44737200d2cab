export * from './situation.js';
export * from './surge.js';
export * from './upgrade-plan.js';
