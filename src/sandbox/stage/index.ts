/** The stage: hosts on loopback addresses of this machine, for the demo and the tests. */
export { type Claim, claimRange, type ClaimOptions } from './claim.js';
export { type Distribution, type SpecOptions, stageSpec } from './spec.js';
export { createStage, GATE_PORT, type Stage, type StageOptions } from './stage.js';
export { type Monitor, type MonitorOptions, startMonitor } from './monitor.js';
export { makePackages, type Packages } from './packages.js';
export { type Gap, type Interval, Timeline } from './timeline.js';
