import { HivekeeperError, isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { findHost, reviveClusterSpec } from '../../../domain/spec/index.js';
import { type StepInput, steps } from '../../../domain/steps/index.js';
import { ClusterSession } from '../../cluster-session.js';
import { passGuards } from '../guards.js';
import { targetOf } from '../manifest/target.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { noteRefusal, type Refusal, refusalOn } from './change-note.js';
import { restoreState } from './kept-state.js';
import { failed } from './put-back.js';
import { reopened } from './reopened.js';

type Input = StepInput<'startNode'>;

/** What a node is started with. */
export interface StartBodies {
  readonly configure: StepBody<'configureNode'>;
  readonly start: StepBody<'startNode'>;
  readonly open: StepBody<'openTraffic'>;
}

/**
 * Starts a node that was given something by way of its restart. When its broker does not come up with that, or runs without
 * it, the node is stopped, gets everything as the spec before had it, is started again, and the step fails. That this has
 * begun is noted in node.json: an attempt that was cut off goes on with it.
 * @throws HivekeeperError NotTakenUp with what the broker said and what the node runs with now
 */
export async function startOrPutBack(context: StepContext, input: Input, bodies: StartBodies): Promise<string> {
  const { host } = input;
  const noted = await refusalOn(context, host);
  if (noted) return startAsBefore(context, input, noted, bodies);
  try {
    return await bodies.start(context, input);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error, 'BrokerStartFailed')) throw error;
    const refusal = { kind: error.kind, why: error.message };
    await noteRefusal(context, host, refusal);
    return startAsBefore(context, input, refusal, bodies);
  }
}

async function startAsBefore(
  context: StepContext,
  input: Input,
  { kind, why, after }: Omit<Refusal, 'token'>,
  bodies: StartBodies,
): Promise<never> {
  const { host } = input;
  if (after !== undefined) throw failed({ kind, why, after }, host);
  const before = contextBefore(context, host);
  if (before === null) {
    const left = `The record knows no settings that ${host} had before: it was left as it is.`;
    throw failed({ kind, why, after: left }, host, { putBack: false });
  }
  try {
    await stopSafely(context, input);
    await restoredAndStarted(before, input, bodies);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error) || error.retryable || error.kind === 'FencedOut') throw error;
    const left = `It could not be started with its settings of before: ${messageOf(error)}`;
    throw failed({ kind, why, after: left }, host, { putBack: false });
  }
  const refusal = { kind, why, after: `Everything on ${host} is as before${await reopened(before, host, bodies)}.` };
  await noteRefusal(context, host, refusal);
  throw failed(refusal, host);
}

/** A member that serves is stopped as any other: its stop waits for the same checks, clients that came back apart. */
async function stopSafely(context: StepContext, { host, members }: Input): Promise<void> {
  const { driver } = context.session;
  const node = await context.driven(host, members);
  const { ready } = await driver.observe(node);
  // The others carry its load already, and the node is not as it should be.
  const input = { host, purpose: 'restart', clientsMayStay: true };
  if (ready) await passGuards(context, steps.stopNode, input, ['headroom']);
  await driver.stop(node, context.progress);
}

async function restoredAndStarted(before: StepContext, input: Input, { configure, start }: StartBodies): Promise<void> {
  const { host, members, version } = input;
  const left = await restoreState(await targetOf(before, host));
  if (left.length > 0) throw new HivekeeperError('CheckFailed', `${host}: could not be put back: ${left.join(', ')}`);
  await configure(before, { host, members, version });
  await start(before, input);
}

/** The same step on the cluster as the record had it before; null where it had no such node. */
function contextBefore(context: StepContext, host: string): StepContext | null {
  const { dependencies, record } = context.session;
  if (record.previous === null) return null;
  const spec = reviveClusterSpec(record.previous);
  if (findHost(spec, host) === undefined) return null;
  return context.on(new ClusterSession(dependencies, spec, record));
}
