export { type Balancer, type Balancers, keepState, lookAtBalancers } from './balancers.js';
export { HaproxyGate, openMembers } from './haproxy-gate.js';
export { adminState, type AdminState, type Info, type ServerState } from './parse.js';
export { RuntimeClient } from './runtime-client.js';
