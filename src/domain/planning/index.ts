export * from './context.js';
export * from './join.js';
export * from './leave.js';
export * from './membership.js';
export * from './roll.js';
export * from './traffic.js';
