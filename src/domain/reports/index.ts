export * from './left-over.js';
export * from './left-over-text.js';
