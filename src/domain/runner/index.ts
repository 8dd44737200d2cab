export * from './advance.js';
export * from './state.js';
export * from './undo.js';
