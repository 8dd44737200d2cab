export { createGates } from './create-gates.js';
export { commandGate, type GateHook, type GateHooks } from './command-gate.js';
export { runOnHost } from './run-hook.js';
