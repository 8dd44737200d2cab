/** `hivekeeper demo`: a cluster's whole life on this machine, judged from outside. */
export type { DemoReport } from './report.js';
export { type DemoOptions, runDemo } from './run-demo.js';
export { isSabotage, type Sabotage, sabotages } from './sabotage.js';
