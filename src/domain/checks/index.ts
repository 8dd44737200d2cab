export * from './cluster-checks.js';
export * from './cluster-context.js';
export * from './define-check.js';
export * from './host-checks.js';
export * from './host-facts.js';
export * from './names.js';
export * from './recovery-check.js';
