export type * from './broker-driver.js';
export type * from './cluster-reader.js';
export type * from './content-store.js';
export type * from './fencing.js';
export type * from './remote-host.js';
export type * from './supervisor.js';
export type * from './traffic-gate.js';
export type * from './user-passwords.js';
