import { activityInfo } from '@temporalio/activity';
import type { z } from 'zod';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { StepEnvelope, StepResult } from '../../domain/operations/index.js';
import { holdsLease } from '../../domain/record/index.js';
import { reviveClusterSpec } from '../../domain/spec/index.js';
import type { StepDefinition, StepInput, StepKind } from '../../domain/steps/index.js';
import { ClusterSession } from '../cluster-session.js';
import type { Dependencies } from '../dependencies.js';
import { withHeart } from '../heart.js';
import { currentRun } from '../record/record-activities.js';
import { translated } from '../translate-errors.js';
import { passGuards } from './guards.js';
import { StepNotices } from './notices.js';
import { withRoomAnywhere } from './manifest/with-room.js';
import { StepContext } from './step-context.js';

/** Milliseconds without another line after which a step is said to stall. */
const defaultStallAfter = 5 * 60_000;

/** The body of a step: looks first, acts on the difference, and says in one line which it did. */
export type StepBody<Kind extends StepKind> = (context: StepContext, input: StepInput<Kind>) => Promise<string>;
export type StepActivity = (envelope: StepEnvelope) => Promise<StepResult>;

/** The activity of one kind of step: input parsed, lease asked for, checks passed on a fresh observation, then the body. */
export function stepActivity<Input extends z.ZodType>(
  dependencies: Dependencies,
  definition: StepDefinition<StepKind, Input>,
  body: (context: StepContext, input: z.output<Input>) => Promise<string>,
): StepActivity {
  return (envelope) =>
    translated(async () => {
      const input = definition.input.parse(envelope.input);
      const notices = noticesOf(dependencies, definition.title(input), envelope);
      return await withHeart(
        envelope.stepId,
        async (progress) => {
          const session = await openSession(dependencies, envelope.cluster, definition.fenced);
          const context = new StepContext(session, envelope, progress, definition.fenced, notices);
          progress.report(definition.title(input));
          await passGuards(context, definition, input);
          return { note: await withRoomAnywhere(() => body(context, input)) };
        },
        {
          stepId: envelope.stepId,
          stallAfter: dependencies.stallAfter ?? defaultStallAfter,
          onStall: (news) => void notices.stall(news),
          wait: () => notices.waits,
        },
      );
    });
}

/** By which a step tells its operation of waits and stalls; what does not get through is still in its heartbeats. */
function noticesOf({ records }: Dependencies, title: string, { stepId, input }: StepEnvelope): StepNotices {
  const run = currentRun();
  const node = input['host'];
  return new StepNotices({
    step: { step: stepId, title, ...(typeof node === 'string' && { node }) },
    send: (event) => records.tell(run, event),
    attempt: activityInfo().attempt,
    before: activityInfo().heartbeatDetails,
  });
}

/** The record as it is now; for a step that changes something, only to the run that holds the lease. */
async function openSession(dependencies: Dependencies, cluster: string, fenced: boolean): Promise<ClusterSession> {
  const record = await dependencies.records.find(cluster);
  const run = currentRun();
  if (!record || (fenced && !holdsLease(record.lease, run.workflowId, run.runId))) {
    throw new HivekeeperError(
      'LeaseLost',
      `${cluster}: this run does not hold the lease; it asks again and plans anew`,
    );
  }
  if (record.spec === null) throw new HivekeeperError('Internal', `${cluster}: its record has no spec`);
  return new ClusterSession(dependencies, reviveClusterSpec(record.spec), record);
}
