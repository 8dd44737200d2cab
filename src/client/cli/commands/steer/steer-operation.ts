import {
  approve,
  cancel,
  findOperation,
  pause,
  queryPlan,
  queryProgress,
  reject,
  resume,
  type TemporalAddress,
  type TemporalSession,
} from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import { planLines } from '../../output/plan-view.js';
import { createScreen } from '../../output/screen.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface SteerRequest {
  readonly how: 'pause' | 'resume' | 'approve' | 'reject' | 'cancel';
  readonly operation: string;
  /** Hash that an approval is for; default: that of the current plan. */
  readonly plan?: string | undefined;
  readonly reason?: string | undefined;
  readonly json: boolean;
}

/** Sends an operation one word, after making sure that it can still hear it. */
export async function steerOperation(
  request: SteerRequest,
  temporal: Partial<TemporalAddress>,
  io: CliIo,
): Promise<void> {
  await withTemporal(io, temporal, async (session) => {
    const { workflowId, running, status } = await findOperation(session, request.operation);
    if (!running) throw new CliError(exitCodes.usage, `${workflowId} has already ended: ${status}`);
    const said = await tell(session, workflowId, request, io);
    if (request.json) printJson(io, { workflowId, ...said.json });
    else io.stdout.write(`${workflowId}: ${said.text}\n`);
  });
}

interface Said {
  readonly text: string;
  readonly json: object;
}

async function tell(session: TemporalSession, workflowId: string, request: SteerRequest, io: CliIo): Promise<Said> {
  switch (request.how) {
    case 'pause':
      await pause(session, workflowId);
      return { text: 'pauses at the next safe point', json: { requested: 'pause' } };
    case 'resume':
      await resume(session, workflowId);
      return { text: 'goes on', json: { requested: 'resume' } };
    case 'cancel':
      await cancel(session, workflowId);
      return { text: 'ends at the next safe point', json: { requested: 'cancel' } };
    case 'reject':
      await mustWaitForApproval(session, workflowId);
      await reject(session, workflowId, request.reason ?? 'no reason given');
      return { text: 'is told that its plan is rejected', json: { requested: 'reject' } };
    case 'approve':
      return await approvePlan(session, workflowId, request, io);
  }
}

async function approvePlan(
  session: TemporalSession,
  workflowId: string,
  { plan: pinned, json }: SteerRequest,
  io: CliIo,
): Promise<Said> {
  await mustWaitForApproval(session, workflowId);
  const current = await queryPlan(session, workflowId);
  if (!current) throw new CliError(exitCodes.refused, `${workflowId} has no plan yet`);
  if (!json) createScreen(io).print(planLines(current.plan, current.hash));
  if (pinned !== undefined && pinned !== current.hash) {
    throw new CliError(
      exitCodes.refused,
      `${workflowId} has another plan now, ${current.hash}; nothing was approved. Look at it, then approve that one`,
    );
  }
  await approve(session, workflowId, current.hash);
  return { text: `plan ${current.hash} is approved`, json: { requested: 'approve', planHash: current.hash } };
}

async function mustWaitForApproval(session: TemporalSession, workflowId: string): Promise<void> {
  const { phase } = await queryProgress(session, workflowId);
  if (phase === 'awaiting-approval') return;
  throw new CliError(exitCodes.refused, `${workflowId} does not wait for an approval; it is ${phase}`);
}
