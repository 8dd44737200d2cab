export type { Manual, ManualContext, ProductManual } from './manual.js';
export { manuals } from './registry.js';
export { renderRunbook } from './runbook.js';
