import {
  operationMessages,
  type OperationProgress,
  type SetDrainRate,
  type PreparedPlan,
  preparedPlanSchema,
  progressSchema,
} from '../../domain/operations/index.js';
import type { TemporalSession } from './connection.js';

/** Milliseconds that a worker has to answer a query. */
const answerWithin = 10_000;

/** Asks a workflow; a worker must be there to answer, for one that has ended as well. */
export async function query(session: TemporalSession, workflowId: string, name: string): Promise<unknown> {
  const handle = session.client.workflow.getHandle(workflowId);
  return await session.connection.withDeadline(Date.now() + answerWithin, () => handle.query<unknown>(name));
}

/** Where an operation stands. */
export async function queryProgress(session: TemporalSession, workflowId: string): Promise<OperationProgress> {
  return progressSchema.parse(await query(session, workflowId, operationMessages.progress));
}

/** The plan of an operation with its hash; null before it has planned. */
export async function queryPlan(session: TemporalSession, workflowId: string): Promise<PreparedPlan | null> {
  return preparedPlanSchema.nullable().parse((await query(session, workflowId, operationMessages.plan)) ?? null);
}

/** Stops an operation at its next safe point, until `resume`. */
export async function pause({ client }: TemporalSession, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).signal(operationMessages.pause);
}

export async function resume({ client }: TemporalSession, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).signal(operationMessages.resume);
}

/** Approves the plan with this hash; an operation that has planned anew since ignores it. */
export async function approve({ client }: TemporalSession, workflowId: string, planHash: string): Promise<void> {
  await client.workflow.getHandle(workflowId).signal(operationMessages.approve, { planHash });
}

export async function reject({ client }: TemporalSession, workflowId: string, reason: string): Promise<void> {
  await client.workflow.getHandle(workflowId).signal(operationMessages.reject, { reason });
}

/** Moves clients at another pace from now on; an operation that drains nothing keeps it for a drain that follows. */
export async function setDrainRate({ client }: TemporalSession, workflowId: string, rate: SetDrainRate): Promise<void> {
  await client.workflow.getHandle(workflowId).signal(operationMessages.setDrainRate, rate);
}

/** Ends an operation at its next safe point. */
export async function cancel({ client }: TemporalSession, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).cancel();
}
