export * from './define-operation.js';
export * from './registry.js';
export * from './contract.js';
export * from './drain-rate.js';
export { canBeTakenBack } from './take-back.js';
export { commandLine } from './command-line.js';
