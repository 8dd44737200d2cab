import type { DrivenNode } from '../../../adapters/ports/index.js';
import type { NodeIdentity } from '../../../domain/observation/index.js';
import { beginChange, endChange } from '../before/change-note.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity } from '../update-identity.js';
import { manifestOf } from './manifest-of.js';
import { type Placed, placeManifest } from './place-manifest.js';
import type { Target } from './target.js';
import { wantedOf } from './wanted-of.js';

export interface PlacedHot extends Placed {
  /** Byte of the broker's log at which the change began, in whichever attempt that was. */
  readonly from: number;
}

/** Writes what a running broker takes up by itself; what was there is kept until `settled`. */
export async function placeHot(context: StepContext, node: DrivenNode, target: Target): Promise<PlacedHot> {
  const { session, progress } = context;
  const { hot } = wantedOf(session.spec, node.name);
  const from = await session.driver.logEnd(node);
  const placed = await placeManifest(context, node.name, manifestOf(session.spec, node.members, node.name), {
    effects: new Set(['hot']),
    untilStopped: (ids) => session.driver.untilTakenUp(node, from, { paths: [], started: [], stopped: ids }, progress),
    untilStarted: (ids) => session.driver.untilTakenUp(node, from, { paths: [], started: ids, stopped: [] }, progress),
    beforeTouching: (_, touched) => beginChange(context, target, touched, { from, hot, restart: false }),
  });
  const noted = (await ownIdentity(context, node.name))?.before;
  return { ...placed, from: noted?.from ?? from };
}

/** Notes that the broker has taken what was placed, and forgets what was there before. */
export async function settled(
  context: StepContext,
  target: Target,
  { files }: Placed,
  change: (old: NodeIdentity) => NodeIdentity = (old) => old,
): Promise<void> {
  const { hot } = wantedOf(context.session.spec, target.name);
  await endChange(context, target, (old) => change({ ...old, hot, files: { ...old.files, ...files } }));
}
