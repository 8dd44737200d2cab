import type { DrivenNode } from '../../../adapters/ports/index.js';
import { isHivekeeperError } from '../../../domain/errors/index.js';
import { keepFirst, putBackKept } from '../certificates/kept-files.js';
import { untilServed } from '../certificates/rotate-certificates.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { manifestOf } from './manifest-of.js';
import { type Placed, placeManifest } from './place-manifest.js';
import { placedNote } from './placed-note.js';
import { targetOf } from './target.js';
import { wantedOf } from './wanted-of.js';

const isStore = (key: string): boolean => key.startsWith('conf/tls/');

/** Writes what the broker takes up by itself and waits until it has; a file that it refuses is put back. */
export const applySettings: StepBody<'applySettings'> = async (context, input) => {
  const { session } = context;
  const supervised = await context.supervised(input.host);
  if (!(await session.dependencies.supervisor(session.spec).state(supervised)).running) {
    return 'does not run; it takes its settings when it is started';
  }
  const node = await context.driven(input.host, input.members);
  const from = await session.driver.logEnd(node);
  const { hot } = wantedOf(session.spec, input.host);
  const given = (await ownIdentity(context, input.host))?.hot ?? {};
  const placed = await place(context, node, from);
  // What an attempt that was cut off has written was never seen to be taken up.
  const earlier = Object.keys(hot).filter((key) => given[key] !== hot[key] && !placed.written.includes(key));
  await untilTakenUp(context, node, from, { placed, earlier });
  await updateIdentity(context, input.host, (old) => ({ ...old, hot, files: { ...old.files, ...placed.files } }));
  return placedNote(placed);
};

async function place(context: StepContext, node: DrivenNode, from: number): Promise<Placed> {
  const { session, progress, envelope } = context;
  const nothing = { paths: [], started: [] };
  return placeManifest(context, node.name, manifestOf(session.spec, node.members, node.name), {
    effects: new Set(['hot']),
    untilStopped: (ids) => session.driver.untilTakenUp(node, from, { ...nothing, stopped: ids }, progress),
    beforeReplacing: (target, key) => keepFirst(target, key, envelope.token),
  });
}

/** @throws HivekeeperError of the driver or of the handshakes, after what was refused has been put back */
async function untilTakenUp(
  context: StepContext,
  node: DrivenNode,
  from: number,
  { placed, earlier }: { readonly placed: Placed; readonly earlier: readonly string[] },
): Promise<void> {
  const { written: paths, started, stopped } = placed;
  const target = await targetOf(context, node.name);
  const stores = [...paths, ...earlier].filter(isStore);
  try {
    await context.session.driver.untilTakenUp(node, from, { paths, earlier, started, stopped }, context.progress);
    if (stores.length > 0) await untilServed(context, node, target, from);
  } catch (error) {
    const refused = isHivekeeperError(error) ? error.details['refused'] : undefined;
    if (typeof refused === 'string') await putBackKept(target, refused);
    if (isHivekeeperError(error, 'KeyMaterialInvalid')) for (const key of stores) await putBackKept(target, key);
    throw error;
  }
}
