import { setTimeout as delay } from 'node:timers/promises';
import { clusterChecks, evaluateCheck, isServing } from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { clientsAwaited, type ClusterObservation, type NodeIdentity } from '../../domain/observation/index.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import { clusterCheckContext } from './guards.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';
import { ownIdentity, updateIdentity } from './update-identity.js';

/** Milliseconds between two looks at least; a look at many clients takes longer, and so does the pause after it. */
const lookEvery = 1000;

/**
 * Counts the clients before a stop that moves them, once for an operation and node: an attempt that comes after a stop
 * was asked for would find fewer.
 */
export async function countBefore(context: StepContext, host: string): Promise<void> {
  const { session, envelope } = context;
  if (session.spec.policy.drain.order !== 'after-stop' || !session.product.clustered(session.spec)) return;
  const counted = (await ownIdentity(context, host))?.clientsBefore;
  if (counted !== undefined && counted.token === envelope.token) return;
  const { running } = await session.dependencies.supervisor(session.spec).state(await context.supervised(host));
  if (!running) return;
  const clients = await session.driver.countClients(await context.driven(host));
  const others = session.members.filter((member) => member !== host).map((member) => clients[member] ?? 0);
  const clientsBefore = {
    token: envelope.token,
    node: clients[host] ?? 0,
    others: others.reduce((sum, count) => sum + count, 0),
  };
  await updateIdentity(context, host, (old) => ({ ...old, clientsBefore }));
}

export const awaitClients: StepBody<'awaitClients'> = async (context, { host }) => {
  const { timeout, onTimeout } = context.session.spec.policy.drain;
  const before = await begun(context, host);
  const deadline = Date.parse(before?.since ?? now()) + timeout;
  for (;;) {
    const began = Date.now();
    const awaited = await stillAwaited(context, host, before);
    if (awaited === null) return await ended(context, host, noteOf(before));
    if (Date.now() >= deadline && onTimeout === 'stop-anyway')
      return await ended(context, host, `went on after ${timeout / 1000} s: ${awaited}`);
    if (Date.now() >= deadline && onTimeout === 'fail') {
      const message = `${host}: its clients were not seen elsewhere within ${timeout / 1000} s: ${awaited}. ${host} has handed its data over and stays stopped; look at what sends clients to the others, then run the operation again: it goes on with ${host}. See policy.drain.onTimeout.`;
      throw new HivekeeperError('DrainStalled', message, { host });
    }
    context.progress.report(`${host}: ${awaited}`);
    await delay(Math.max(lookEvery, Date.now() - began), undefined, { signal: context.signal });
  }
};

type Before = NonNullable<NodeIdentity['clientsBefore']>;

/** What was counted before this operation's stop, with the time of the first attempt; null where nothing was. */
async function begun(context: StepContext, host: string): Promise<Before | null> {
  const counted = (await ownIdentity(context, host))?.clientsBefore;
  if (counted?.token !== context.envelope.token) return null;
  const clientsBefore: Before = { ...counted, since: counted.since ?? now() };
  if (counted.since === undefined) await updateIdentity(context, host, (old) => ({ ...old, clientsBefore }));
  return clientsBefore;
}

/** What is awaited, in one line; null: nothing. */
async function stillAwaited(context: StepContext, host: string, before: Before | null): Promise<string | null> {
  const { session, signal } = context;
  const observation = await observeCluster(session, { withClients: true, signal });
  const others = session.members.filter((member) => member !== host);
  const nodes = observation.nodes.filter((node) => others.includes(node.host));
  const down = nodes.filter((node) => !isServing(node)).map((node) => node.host);
  if (down.length > 0) return `waiting for ${down.join(', ')} to serve`;
  const unsynchronized = synchronizing(context, observation);
  if (unsynchronized !== null) return `waiting for the cluster: ${unsynchronized}`;
  if (before === null) return null;
  if (nodes.some((node) => node.clients === null)) return 'the brokers do not tell how many clients they have';
  return clientsAwaited(
    before,
    nodes.reduce((sum, node) => sum + (node.clients ?? 0), 0),
  );
}

function synchronizing(context: StepContext, observation: ClusterObservation): string | null {
  const { session, envelope } = context;
  const checked = clusterCheckContext(session, {
    ...{ observation, purpose: 'restart', target: null, clientsMayStay: true, versionProblem: null, packageBytes: 0 },
    confirmedGone: envelope.confirmedGone,
  });
  const failing = evaluateCheck(clusterChecks.synchronized, checked, envelope.overrides).find(
    ({ status }) => status === 'fails',
  );
  return failing?.reason ?? null;
}

/** The count has served: another stop of this node by the same operation counts anew. */
async function ended(context: StepContext, host: string, note: string): Promise<string> {
  await updateIdentity(context, host, ({ clientsBefore: _, ...old }) => old);
  return note;
}

function noteOf(before: Before | null): string {
  if (before === null) return 'the others serve; its clients were not counted before the stop';
  return `its ${before.node} clients are seen elsewhere, the others serve`;
}

const now = (): string => new Date().toISOString();
