/** Verdicts on what happened to a cluster, from evidence that was taken outside of the product. */
export { type AvailabilityEvidence, judgeAvailability } from './availability.js';
export { type ClientCount, type Drain, type DrainVerdict, findDrains, judgeDrain } from './drains.js';
export type { Journals, NodeSpan, Span, Violation } from './evidence.js';
export { judgeMessages, type MessageCounts } from './messages.js';
export { judgeOneOperation, judgeRecoveryStarts, judgeSynchronized } from './order.js';
export { judgeOutages, type Outage } from './outages.js';
