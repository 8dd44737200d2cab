import { setTimeout as delay } from 'node:timers/promises';
import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import { isServing } from '../../../domain/checks/index.js';
import { type ClusterObservation, unknownNode } from '../../../domain/observation/index.js';
import { steps } from '../../../domain/steps/index.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import { passGuards } from '../guards.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';

/** Milliseconds that a broker which takes part in nothing is given to end, before its process is ended. */
const patience = 60_000;
const lookEvery = 500;

export interface StopBodies {
  readonly close: StepBody<'closeTraffic'>;
  readonly drain: StepBody<'drainNode'>;
}

/**
 * Stops a node that has failed. One that serves in the cluster is closed, drained, and stopped as any other; one that hangs,
 * crashed or runs alone has nothing that the others lack, and is ended if it does not end by itself.
 * @throws HivekeeperError CheckFailed where it must not be ended
 */
export async function stopFailed(
  context: StepContext,
  host: string,
  members: readonly string[],
  bodies: StopBodies,
): Promise<void> {
  const { driver } = context.session;
  const observation = await observeCluster(context.session, { withClients: false, signal: context.signal });
  if (!takesPart(observation, host, members)) {
    await end(context, host);
    return;
  }
  const { order } = context.session.spec.policy.drain;
  await tolerant(context, () => bodies.close(context, { host, purpose: 'restart' }));
  if (order === 'before-stop') await tolerant(context, () => bodies.drain(context, { host, purpose: 'restart' }));
  // A window, or processors that are busy, must not keep a node from going back.
  const definition = { ...steps.stopNode, guards: ['synchronized', 'max-unavailable'] as const };
  await passGuards(context, definition, { host, purpose: 'restart', clientsMayStay: true });
  const node = await context.driven(host, members);
  try {
    await driver.stop(node, context.progress);
  } catch (error) {
    // It ended without handing over: the others hold what it held, since it was synchronized, and its data is kept.
    if (!isHivekeeperError(error, 'CheckFailed')) throw error;
  }
}

function takesPart({ nodes }: ClusterObservation, host: string, members: readonly string[]): boolean {
  const node = nodes.find((one) => one.host === host) ?? unknownNode(host, 'not observed');
  const id = node.view?.nodeId;
  if (!isServing(node) || id === undefined) return false;
  return nodes.some(
    (other) => other.host !== host && members.includes(other.host) && other.view?.members.includes(id) === true,
  );
}

/** Asks it to end, then ends it, unless it is handing something over. */
async function end(context: StepContext, host: string): Promise<void> {
  const { session, progress, signal } = context;
  const supervisor = session.dependencies.supervisor(session.spec);
  const supervised = await context.supervised(host);
  await supervisor.requestStop(supervised);
  const deadline = Date.now() + patience;
  for (;;) {
    const state = await supervisor.state(supervised);
    if (!state.running) return;
    if (Date.now() > deadline) {
      const { synchronizing } = await session.driver.observe(await context.driven(host));
      if (synchronizing !== null) throw stillBusy(host, synchronizing);
      const { host: remote, user } = supervised;
      await remote.exec({ argv: ['kill', '-KILL', String(state.pid)], asUser: user }, signal);
    }
    progress.report(`${host}: waiting for its process to end`);
    await delay(lookEvery, undefined, { signal });
  }
}

const stillBusy = (host: string, what: string): HivekeeperError =>
  new HivekeeperError(
    'CheckFailed',
    `${host}: it does not end, and its log shows a cluster ${what} that is not finished`,
    {
      check: 'synchronized',
      host,
    },
  );

/** What makes a stop gentle need not succeed on a node that has failed. */
async function tolerant(context: StepContext, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error) || error.kind === 'FencedOut' || error.kind === 'LeaseLost') throw error;
  }
}
