import type { DrivenNode } from '../../../adapters/ports/index.js';
import {
  type ErrorDetails,
  type ErrorKind,
  HivekeeperError,
  isErrorKind,
  isHivekeeperError,
  messageOf,
} from '../../../domain/errors/index.js';
import { untilServed } from '../certificates/until-served.js';
import { setEnabled } from '../manifest/extension-folders.js';
import type { Target } from '../manifest/target.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity } from '../update-identity.js';
import { endChange, noteRefusal, type Refusal } from './change-note.js';
import { type Difference, differenceFrom, discardState, type KeptExtension, restoreState } from './kept-state.js';

/** Milliseconds that a broker is given to stop what it did not take, and to run again what it had. */
const patience = 30_000;

/** Failures that say nothing of the change: who holds the host, or the operation itself. */
const notOurs: readonly ErrorKind[] = ['FencedOut', 'LeaseLost'];
/** Failures after which nothing can be done on the host now. */
const lost: readonly ErrorKind[] = [...notOurs, 'HostUnreachable'];
/** Failures of the waits for a broker, after which waiting again would not help. */
const waited: readonly ErrorKind[] = ['BrokerNotSynchronized', 'HandshakeFailed'];

const broker: readonly ErrorKind[] = [...waited, 'BrokerStartFailed'];

/** Whether a change has failed for good. One that was cancelled, or whose host is out of reach, is tried again. */
export function hasFailed(error: unknown, signal: AbortSignal): error is HivekeeperError {
  if (signal.aborted || !isHivekeeperError(error) || notOurs.includes(error.kind)) return false;
  return !error.retryable || waited.includes(error.kind);
}

/** The kind that the operation ends with: what a broker did not take has one kind, however it showed. */
const endsWith = (kind: string): ErrorKind =>
  isErrorKind(kind) && !broker.some((one) => one === kind) ? kind : 'NotTakenUp';

/**
 * Puts a running node back to what was kept when the change began, waits until its broker runs again what it ran, and ends
 * with the reason. An attempt that was cut off in here is noted in node.json, and the next one goes on.
 * @throws HivekeeperError the reason, as a kind that is not tried again, and what the node has now
 */
export async function putBack(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  { kind, why, after }: Omit<Refusal, 'token'>,
): Promise<never> {
  const { name } = target;
  if (after !== undefined) {
    // Its predecessor may have been cut off right before this.
    await discardState(target);
    throw failed({ kind, why, after }, name);
  }
  const noted = (await ownIdentity(context, name))?.before;
  // Nothing was touched yet.
  if (noted === undefined) throw failed({ kind, why, after: `Nothing was changed on ${name}.` }, name);
  await noteUnlessFull(context, name, { kind, why });
  const from = await context.session.driver.logEnd(node);
  const difference = await differenceFrom(target);
  await stopNewOnes(context, node, target, difference);
  const left = await restored(target);
  if (left.length > 0) {
    const said = `${name} could not be put back: ${left.join(', ')}; what it had lies in ${target.home}/.hivekeeper/before.`;
    throw failed({ kind, why, after: said }, name, { putBack: false, left });
  }
  const trouble = await runsAgain(context, node, target, { from, difference });
  const said = `Everything on ${name} is as before${trouble}.`;
  const refused = { token: context.envelope.token, kind, why, after: said };
  await endChange(context, target, (old) => ({ ...old, hot: noted.hot, placed: noted.placed, refused }));
  throw failed(refused, name);
}

/** The error that a change ends with which was taken back. */
export function failed(
  { kind, why, after = '' }: Omit<Refusal, 'token'>,
  host: string,
  details: ErrorDetails = { putBack: true },
): HivekeeperError {
  const sentence = /[.!?]$/.test(why) ? why : `${why}.`;
  return new HivekeeperError(endsWith(kind), `${sentence} ${after}`, { host, ...details });
}

/** A disk that is full has no room for the note either; then an attempt that is cut off places everything again first. */
async function noteUnlessFull(context: StepContext, name: string, refusal: Omit<Refusal, 'token'>): Promise<void> {
  try {
    await noteRefusal(context, name, refusal);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
  }
}

/** What came instead of something else is stopped before it goes; one that does not stop is taken away all the same. */
async function stopNewOnes(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  { extensions }: Difference,
): Promise<void> {
  const ids = extensions.filter(({ swapped, now }) => swapped && now === 'enabled').map(({ id }) => id);
  if (ids.length === 0) return;
  const { driver } = context.session;
  await unlessGone(context, async () => {
    const from = await driver.logEnd(node);
    for (const id of ids) await setEnabled(target, id, false);
    await driver.untilTakenUp(node, from, { paths: [], started: [], stopped: ids, within: patience }, context.progress);
  });
}

/** @returns what could not be put back */
async function restored(target: Target): Promise<readonly string[]> {
  try {
    return await restoreState(target);
  } catch (error) {
    target.signal.throwIfAborted();
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    return [messageOf(error)];
  }
}

const isBack = ({ before, now, swapped }: KeptExtension): boolean =>
  before === 'enabled' && (swapped || now !== before);

/** Waits for what the broker had; what it does not take up again is said in a clause, and nothing more can be done. */
async function runsAgain(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  { from, difference }: { readonly from: number; readonly difference: Difference },
): Promise<string> {
  const started = difference.extensions.filter(isBack).map(({ id }) => id);
  const trouble = await unlessGone(context, async () => {
    const change = { paths: [], started, stopped: [], within: patience };
    if (started.length > 0) await context.session.driver.untilTakenUp(node, from, change, context.progress);
    if (difference.keys.some((key) => key.startsWith('conf/tls/'))) await untilServed(context, node, target, from);
  });
  return trouble === null ? '' : `, and its broker does not tell so yet: ${trouble}`;
}

/** Runs what need not succeed, as long as the host can be reached. @returns why it did not succeed */
async function unlessGone(context: StepContext, body: () => Promise<void>): Promise<string | null> {
  try {
    await body();
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error) || lost.includes(error.kind)) throw error;
    return messageOf(error);
  }
}
