import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { messageOf } from '../../domain/errors/index.js';
import {
  type OperationProgress,
  type OperationReport,
  type PreparedPlan,
  reportSchema,
  taskQueue,
} from '../../domain/operations/index.js';
import { stepsOf } from '../../domain/plan/index.js';
import type { TemporalSession } from './connection.js';
import { type Failure, failureOf, serverProblem } from './failure.js';
import { queryPlan, queryProgress } from './operation-messages.js';
import { type StepWaits, stepWaits, waitOf } from './step-waits.js';
import { pendingActivities } from './waits.js';

/** An operation at one moment. */
export interface OperationView {
  readonly progress: OperationProgress | null;
  readonly plan: PreparedPlan | null;
  readonly waits: StepWaits;
  /** What is known while there are no steps yet: the planning activity's wait, or that no worker answers. */
  readonly notice: string | null;
}

export type OperationEnd =
  | { readonly outcome: 'completed'; readonly report: OperationReport }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface WatchOptions {
  /** Called with every look at the operation. */
  readonly onView: (view: OperationView) => void;
  /** Ends the watch, not the operation. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks; default 500. */
  readonly every?: number;
}

export const noWorker = `no worker answers on the task queue ${taskQueue}; start one with \`hivekeeper up\` or \`hivekeeper worker\``;

/**
 * Looks at an operation until it ends. Resolves to null when the watch was ended by its signal.
 * @throws the server's error when the connection is lost
 */
export async function watchOperation(
  session: TemporalSession,
  workflowId: string,
  { onView, signal, every = 500 }: WatchOptions,
): Promise<{ end: OperationEnd; last: OperationView } | null> {
  const ending = endOf(session, workflowId);
  const state = { ended: false };
  const end = (): void => {
    state.ended = true;
  };
  const settled = ending.then(end, end);
  let view: OperationView = { progress: null, plan: null, waits: {}, notice: null };
  while (!state.ended && !signal.aborted) {
    view = await look(session, workflowId, view);
    if (!stopped(signal)) onView(view);
    await Promise.race([settled, pauseFor(every, signal)]);
  }
  if (!state.ended) return null;
  return { end: await ending, last: await look(session, workflowId, view) };
}

/** Read anew, since it changes while something is awaited. */
const stopped = (signal: AbortSignal): boolean => signal.aborted;

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** Awaits the result, over continue-as-new. A lost connection is an error of the watch, not of the operation. */
async function endOf({ client }: TemporalSession, workflowId: string): Promise<OperationEnd> {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId).result();
    return { outcome: 'completed', report: reportSchema.parse(result) };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { outcome: 'failed', failure: failureOf(error) };
    throw error;
  }
}

async function look(session: TemporalSession, workflowId: string, before: OperationView): Promise<OperationView> {
  try {
    const progress = await queryProgress(session, workflowId);
    const known = before.plan?.hash === progress.planHash;
    const plan = known ? before.plan : await queryPlan(session, workflowId);
    const kinds = new Map(plan ? stepsOf(plan.plan.root).map((step) => [step.id, step.kind]) : []);
    const activities = pendingActivities(await session.client.workflow.getHandle(workflowId).describe());
    const waits = stepWaits(progress, kinds, activities);
    const preparing = activities.find((activity) => activity.kind === 'preparePlan');
    return { progress, plan, waits, notice: preparing ? waitOf(preparing) : null };
  } catch (error) {
    return { ...before, notice: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  const problem = serverProblem(error);
  if (problem === 'failedPrecondition' || problem === 'deadlineExceeded') return noWorker;
  return messageOf(error);
}
