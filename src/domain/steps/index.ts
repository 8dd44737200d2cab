export * from './define-step.js';
export * from './registry.js';
