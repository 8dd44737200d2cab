import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { LeaseRequest, RecordChange, RecordState, Release } from '../../domain/record/index.js';
import type { Dependencies } from '../dependencies.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { translated } from '../translate-errors.js';
import type { Look, Run } from './record-service.js';

export interface LeaseWanted {
  readonly cluster: string;
  readonly operation: string;
  readonly onBusy: 'wait' | 'fail';
  readonly startsRecord: boolean;
  readonly requestId?: string;
}

/** The run that an activity belongs to. Read here, since a workflow must never branch on its own run id. */
export function currentRun(): Run {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) throw new HivekeeperError('Internal', 'this activity belongs to no workflow');
  return workflowExecution;
}

/** Local activities: an operation's and a record's talk with each other and the server. */
export function recordActivities({ records }: Pick<Dependencies, 'records'>) {
  return {
    /** Asks the record for the lease; the answer comes as a signal. A new request id unless one is taken over. */
    requestLease: (wanted: LeaseWanted): Promise<{ requestId: string; runId: string }> =>
      translated(async () => {
        const { workflowId, runId } = currentRun();
        const { cluster, operation, onBusy, startsRecord } = wanted;
        const request: LeaseRequest = {
          requestId: wanted.requestId ?? randomUUID(),
          workflowId,
          runId,
          operation,
          onBusy,
        };
        await records.requestLease(cluster, request, startsRecord);
        return { requestId: request.requestId, runId };
      }),

    releaseLease: (input: { cluster: string; requestId: string } & Pick<Release, 'ended'>): Promise<void> =>
      translated(() => {
        const { cluster, requestId, ended } = input;
        return records.release(cluster, { requestId, runId: currentRun().runId, ...(ended && { ended }) });
      }),

    reportChanges: (input: { cluster: string; changes: RecordChange[] }): Promise<void> =>
      translated(async () => {
        for (const change of input.changes) await records.report(input.cluster, currentRun(), change);
      }),

    lookAtRun: (run: Run): Promise<Look> => translated(() => records.look(run)),

    saveRecord: (state: RecordState): Promise<void> => translated(() => records.save(state)),
  };
}
