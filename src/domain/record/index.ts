export * from './inventory.js';
export * from './journal.js';
export * from './lease.js';
export * from './membership.js';
export * from './messages.js';
export * from './record.js';
