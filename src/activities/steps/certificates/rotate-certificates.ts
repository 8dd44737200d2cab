import { setTimeout as delay } from 'node:timers/promises';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { rendererOf } from '../../../render/products/index.js';
import type { DrivenNode } from '../../../adapters/ports/index.js';
import { manifestOf } from '../manifest/manifest-of.js';
import { type Placed, placeManifest } from '../manifest/place-manifest.js';
import type { Target } from '../manifest/target.js';
import { targetOf } from '../manifest/target.js';
import { wantedOf } from '../manifest/wanted-of.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { updateIdentity } from '../update-identity.js';
import { expectedOn, listenerProblems, notTakenUp, type Expected } from './listener-state.js';
import { keepFirst, putBackKept } from './kept-files.js';
import { renewOnce } from './renew.js';

const lookEvery = 250;
/** Milliseconds that a broker is given to take up changed stores; HiveMQ looks at them every 10 seconds. */
const patience = 60_000;

/** Writes what the listeners of a running node shall serve and waits for the handshake that shows it; else all is as before. */
export const rotateCertificates: StepBody<'rotateCertificates'> = async (context, { host: name, members, goal }) => {
  const { session, envelope } = context;
  const supervised = await context.supervised(name);
  if (!(await session.dependencies.supervisor(session.spec).state(supervised)).running) {
    return 'does not run; it gets its key material when it is started';
  }
  const { token } = envelope;
  if (goal === 'renew') await renewOnce(context, name);
  const node = await context.driven(name, members);
  const target = await targetOf(context, name);
  const from = await session.driver.logEnd(node);
  const { kept, ...placed } = await place(context, node, target);
  try {
    await untilServed(context, node, target, from);
  } catch (error) {
    context.signal.throwIfAborted();
    // A host that is out of reach says nothing of its broker: the step is tried again.
    if (!isHivekeeperError(error, 'KeyMaterialInvalid') && !isHivekeeperError(error, 'HandshakeFailed')) throw error;
    throw notTakenUp(name, messageOf(error), await backAsBefore(context, node, target, kept));
  }
  const { hot } = wantedOf(session.spec, name);
  const { files } = placed;
  await updateIdentity(context, name, (old) => ({
    ...old,
    hot,
    files: { ...old.files, ...files },
    certificates: { token, goal, done: true },
  }));
  const served = placed.written.filter((key) => key.startsWith('conf/tls/'));
  return served.length > 0 ? `serves ${served.join(', ')}` : 'serves what it served before';
};

/** Looks at a node that was started with its key material. */
export const verifyCertificates: StepBody<'verifyCertificates'> = async (context, { host: name }) => {
  const node = await context.driven(name);
  const from = await context.session.driver.logEnd(node);
  const expected = await untilServed(context, node, await targetOf(context, name), from);
  return `${[...expected.keys()].map(({ title }) => title).join(', ')}: as they should be`;
};

/** Writes what the broker takes up while it runs; `kept` are the keys that can be put back. */
async function place(context: StepContext, node: DrivenNode, target: Target): Promise<Placed & { kept: string[] }> {
  const { session, progress, envelope } = context;
  const { driver } = session;
  const kept: string[] = [];
  const from = await driver.logEnd(node);
  const placed = await placeManifest(context, node.name, manifestOf(session.spec, node.members, node.name), {
    effects: new Set(['hot']),
    untilStopped: (ids) => driver.untilTakenUp(node, from, { paths: [], started: [], stopped: ids }, progress),
    beforeReplacing: async (_, key) => {
      if (!key.startsWith('conf/tls/')) return;
      await keepFirst(target, key, envelope.token);
      kept.push(key);
    },
  });
  return { ...placed, kept };
}

/**
 * Waits until every listener serves what its keystore on the host has.
 * @throws HivekeeperError KeyMaterialInvalid when the broker refuses, HandshakeFailed when nothing comes of it in time
 */
export async function untilServed(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  from: number,
): Promise<Expected> {
  const { session, progress, signal } = context;
  const expected = await expectedOn(target, rendererOf(session.spec).listeners(session.spec, node.name));
  const deadline = Date.now() + patience;
  for (;;) {
    const problems = await listenerProblems(node.host, expected, signal);
    if (problems.length === 0) return expected;
    const refusal = await session.driver.storeRefusal(node, from, signal);
    const details = { host: node.name };
    if (refusal !== null) {
      throw new HivekeeperError('KeyMaterialInvalid', `${problems.join('; ')}; its log says: ${refusal}`, details);
    }
    if (Date.now() > deadline) {
      const message = `${problems.join('; ')}, ${patience / 1000} s after its key material was written`;
      throw new HivekeeperError('HandshakeFailed', message, details);
    }
    progress.report(`${node.name}: waiting for its certificates: ${problems.join('; ')}`);
    await delay(lookEvery, undefined, { signal });
  }
}

/** Puts back what was there and says in a sentence what is served now. */
async function backAsBefore(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  keys: readonly string[],
): Promise<string> {
  const from = await context.session.driver.logEnd(node);
  for (const key of keys) await putBackKept(target, key);
  try {
    await untilServed(context, node, target, from);
    return 'The files of before were put back, and their certificates are served again.';
  } catch (error) {
    context.signal.throwIfAborted();
    return `The files of before were put back, and not taken up either: ${messageOf(error)}.`;
  }
}
