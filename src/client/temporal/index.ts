/** What CLI, webhook and schedules need of Temporal: connect, start operations, ask and steer them, read records. */
export { connect, temporalAddress, TemporalUnreachable } from './connection.js';
export type { TemporalAddress, TemporalSession } from './connection.js';
export { type Failure, failureOf, serverProblem } from './failure.js';
export { describeOperation, findOperation, type FoundOperation } from './find-operation.js';
export {
  approve,
  cancel,
  pause,
  queryPlan,
  queryProgress,
  reject,
  resume,
  setDrainRate,
} from './operation-messages.js';
export { queryRecord, requireCluster, uncordon } from './record.js';
export { type StartedOperation, startOperation } from './start-operation.js';
export { type StepWaits } from './step-waits.js';
export {
  noWorker,
  type OperationEnd,
  type OperationView,
  watchOperation,
  type WatchOptions,
} from './watch-operation.js';
export { type ClusterOverview, clusterOverviews, clusterStatus, type ClusterStatus } from './cluster-status.js';
