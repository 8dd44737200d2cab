/** Verdicts on what happened to a cluster, from evidence that was taken outside of the product. */
export { judgeAvailability } from './availability.js';
export { type ClientCount, type DrainVerdict, findDrains, judgeDrain } from './drains.js';
export type { Journals, NodeSpan, Span, Violation } from './evidence.js';
export { judgeMessages } from './messages.js';
export { judgeOneOperation, judgeRecoveryStarts, judgeSynchronized } from './order.js';
export { judgeOutages } from './outages.js';
