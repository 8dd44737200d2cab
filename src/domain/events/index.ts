export * from './event-kinds.js';
export * from './operation-event.js';
export * from './since.js';
