export * from './error-kinds.js';
export * from './hivekeeper-error.js';
