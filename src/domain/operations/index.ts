export * from './define-operation.js';
export * from './registry.js';
export * from './contract.js';
