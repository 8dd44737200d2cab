import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import {
  type LeaseDecision,
  type LeaseRequest,
  recordMessages,
  type RecordState,
  type Release,
  type Report,
  type Uncordon,
} from '../../domain/record/index.js';

export const requestLeaseSignal = defineSignal<[LeaseRequest]>(recordMessages.requestLease);
export const releaseLeaseSignal = defineSignal<[Release]>(recordMessages.releaseLease);
export const reportSignal = defineSignal<[Report]>(recordMessages.report);
export const stateQuery = defineQuery<RecordState>(recordMessages.state);
export const uncordonUpdate = defineUpdate<RecordState, [Uncordon]>(recordMessages.uncordon);
/** What a run hears of its request. */
export const leaseDecisionSignal = defineSignal<[LeaseDecision]>(recordMessages.leaseDecision);
