import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { StepInput } from '../../../domain/steps/index.js';
import { noteRefusal, type Refusal, refusalOn } from '../before/change-note.js';
import { failed } from '../before/put-back.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { type BackBodies, rollBack } from './roll-back.js';
import { stopFailed } from './stop-failed.js';
import { withoutJoining } from './without-joining.js';

type Input = StepInput<'startNode'>;
export type GoBackBodies = BackBodies & { readonly retire: StepBody<'retireNode'> };

/**
 * Starts a node with a new version. One that does not come up, or not as a member, goes back to the version that it had; a
 * spare that was to join for a while is a spare again.
 * @throws HivekeeperError NotTakenUp
 */
export async function startOrGoBack(context: StepContext, input: Input, bodies: GoBackBodies): Promise<string> {
  const { host } = input;
  const noted = await refusalOn(context, host);
  if (noted) return goBack(context, input, noted, bodies);
  try {
    return await startWatched(context, input, bodies);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error, 'BrokerStartFailed')) throw error;
    return goBack(context, input, { kind: error.kind, why: error.message }, bodies);
  }
}

async function startWatched(context: StepContext, input: Input, { start }: GoBackBodies): Promise<string> {
  const done = new AbortController();
  const scope = context.with(AbortSignal.any([context.signal, done.signal]));
  const starting = start(scope, input);
  const watching = withoutJoining(scope, input.host, input.members);
  try {
    return await Promise.race([starting, watching]);
  } finally {
    done.abort();
    // Whichever is left ends with the signal, and what it says then is of no interest.
    await Promise.allSettled([starting, watching]);
  }
}

async function goBack(
  context: StepContext,
  { host, version, back, members }: Input,
  refusal: Omit<Refusal, 'token'>,
  bodies: GoBackBodies,
): Promise<never> {
  if (back !== undefined) return rollBack(context, { host, version, back, members }, refusal, bodies);
  const { kind, why, after } = refusal;
  if (after !== undefined) throw failed(refusal, host);
  await noteRefusal(context, host, { kind, why });
  await stopFailed(context, host, members, bodies);
  const said = `${host} is a spare again: ${await retired(context, host, bodies)}.`;
  await noteRefusal(context, host, { kind, why, after: said });
  throw failed({ kind, why, after: said }, host);
}

async function retired(context: StepContext, host: string, { retire }: GoBackBodies): Promise<string> {
  try {
    return await retire(context, { host, cordon: false });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error) || error.retryable || error.kind === 'FencedOut') throw error;
    return `it was stopped, and ${messageOf(error)}`;
  }
}
