import { setTimeout as delay } from 'node:timers/promises';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { type NodeIdentity, unknownNode } from '../../../domain/observation/index.js';
import type { StepInput } from '../../../domain/steps/index.js';
import { allowedLosses, judgeSoak, type SoakLook, type SoakVerdict } from '../../../domain/upgrade/index.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import { type Refusal, refusalOn } from '../before/change-note.js';
import { failed } from '../before/put-back.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { deafToCancel } from './deaf.js';
import { type BackBodies, rollBack } from './roll-back.js';

type Input = StepInput<'soakNode'>;
type Soak = NonNullable<NodeIdentity['soak']>;

/** Milliseconds between two looks. */
const lookEvery = 1_000;
/** Milliseconds for which something may be wrong that can come right by itself. */
const wrongFor = 30_000;
/** Milliseconds for which nobody may be able to tell how the node does. */
const unknownFor = 10 * 60_000;

const now = (): string => new Date().toISOString();

/**
 * Watches a node that has a new version. What it is watched for is noted in node.json: a worker that takes over goes on where
 * the last one was, and time in which something was wrong, or nobody could tell, does not count.
 * @throws HivekeeperError NotTakenUp when it fails, brought back to its version of before where `back` names it
 */
export async function soakOrGoBack(context: StepContext, input: Input, bodies: BackBodies): Promise<string> {
  const noted = await refusalOn(context, input.host);
  if (noted) return fail(context, input, noted, bodies);
  const why = await soaked(context, input);
  if (typeof why === 'string') return why;
  const { host, version } = input;
  const reason = `${host}: it failed while it was watched on ${version}: ${why.failed}`;
  return fail(context, input, { kind: 'NotTakenUp', why: reason }, bodies);
}

async function fail(
  context: StepContext,
  { host, version, back, members }: Input,
  refusal: Omit<Refusal, 'token'>,
  bodies: BackBodies,
): Promise<never> {
  const deaf = context.with(deafToCancel(context.signal));
  if (back !== undefined) return rollBack(deaf, { host, version, back, members }, refusal, bodies);
  const after =
    refusal.after ?? `${host} was left with ${version}, as policy.upgrade.rollback or the versions ask for.`;
  throw failed({ ...refusal, after }, host, { putBack: false });
}

/** @returns what was watched, or why it failed */
async function soaked(
  context: StepContext,
  { host, version, soak, members }: Input,
): Promise<string | { failed: string }> {
  const begun = await beginning(context, host, version);
  if ('failed' in begun) return begun;
  let state = begun;
  const counted: Counted = {};
  let trouble: Trouble | null = null;
  for (;;) {
    const look = await lookAt(context, { host, version, members, state, counted });
    const verdict = judgeSoak(look);
    if (verdict.kind === 'failed') return { failed: verdict.why };
    if (verdict.kind === 'well') {
      if (trouble !== null) state = await noted(context, host, { ...state, begun: now() });
      trouble = null;
      const left = soak - (Date.now() - Date.parse(state.begun));
      if (left <= 0) {
        await noted(context, host, { ...state, done: true });
        return `on ${version} for ${soak / 1000} s: the same process, ready, seen by all, ${verdict.seen}`;
      }
      context.progress.report(
        `${host}: ${Math.ceil(left / 1000)} s left on ${version}: ready, seen by all, ${verdict.seen}`,
      );
      await delay(Math.min(lookEvery, left), undefined, { signal: context.signal });
      continue;
    }
    trouble = sameTrouble(trouble, verdict.kind);
    const ended = tooLong(host, verdict, Date.now() - trouble.since);
    if (ended !== null) return ended;
    context.progress.report(`${host}: not counted: ${verdict.why}`);
    await delay(lookEvery, undefined, { signal: context.signal });
  }
}

interface Trouble {
  readonly since: number;
  readonly kind: 'wrong' | 'unknown';
}

const sameTrouble = (before: Trouble | null, kind: Trouble['kind']): Trouble =>
  before?.kind === kind ? before : { since: Date.now(), kind };

/** @throws HivekeeperError HostUnreachable: nothing can be done on a node of which nothing is known */
function tooLong(
  host: string,
  { kind, why }: Extract<SoakVerdict, { readonly why: string }>,
  lasts: number,
): { failed: string } | null {
  if (kind === 'wrong' && lasts > wrongFor) return { failed: `for ${wrongFor / 1000} s ${why}` };
  if (kind !== 'unknown' || lasts <= unknownFor) return null;
  throw new HivekeeperError('HostUnreachable', `${host}: nobody can tell how it does: ${why}`, { host });
}

/** What was noted when this very process was looked at first, by this worker or another. */
async function beginning(context: StepContext, host: string, version: string): Promise<Soak | { failed: string }> {
  const node = await context.driven(host);
  const supervisor = context.session.dependencies.supervisor(context.session.spec);
  const process = await supervisor.state(await context.supervised(host));
  const before = (await ownIdentity(context, host))?.soak;
  const same = before?.version === version ? before : undefined;
  if (!process.running) return { failed: 'its process ended' };
  const { pid, startTime } = process;
  if (same?.pid === pid && same.startTime === startTime) return same;
  const { token } = context.envelope;
  // This very operation was watching another process: that one ended, and somebody started it again.
  if (same?.token === token && !same.done)
    return { failed: `its process ended and another one was started (pid ${same.pid}, now ${pid})` };
  const marks = await context.session.driver.logMarks(node, context.signal);
  return noted(context, host, { version, token, pid, startTime, begun: now(), ...marks, done: false });
}

async function noted(context: StepContext, host: string, soak: Soak): Promise<Soak> {
  await updateIdentity(context, host, (old) => ({ ...old, soak }));
  return soak;
}

/** How many clients the node had when that was asked: a whole listing, so that it is asked once. */
interface Counted {
  clients?: number | null;
}

interface Watched {
  readonly host: string;
  readonly version: string;
  readonly members: readonly string[];
  readonly state: Soak;
  readonly counted: Counted;
}

async function lookAt(context: StepContext, { host, version, members, state, counted }: Watched): Promise<SoakLook> {
  const { session, signal } = context;
  const { nodes } = await observeCluster(session, { withClients: false, signal });
  const node = nodes.find((one) => one.host === host) ?? unknownNode(host, 'it was not observed');
  const signs = node.reachable
    ? await session.driver.signsSince(await context.driven(host), state, signal)
    : { ...state, errors: 0, firstError: null, defaultConfig: null, losses: null };
  const others = nodes.filter((one) => one.host !== host && members.includes(one.host));
  if ((signs.losses ?? 0) > allowedLosses) counted.clients ??= await clientsOf(context, host);
  return { version, watched: state, node, others, signs, clients: counted.clients ?? null };
}

/** Null where the broker has no API that tells, or it does not answer. */
async function clientsOf(context: StepContext, host: string): Promise<number | null> {
  try {
    return (await context.session.driver.countClients(await context.driven(host)))[host] ?? 0;
  } catch {
    context.signal.throwIfAborted();
    return null;
  }
}
