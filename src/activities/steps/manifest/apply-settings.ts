import type { DrivenNode, HotChange } from '../../../adapters/ports/index.js';
import { refusalOn } from '../before/change-note.js';
import { type Difference, differenceFrom, type KeptExtension } from '../before/kept-state.js';
import { hasFailed, putBack } from '../before/put-back.js';
import { untilServed } from '../certificates/until-served.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { secretFileKey } from './item-keys.js';
import { manifestOf } from './manifest-of.js';
import { placeHot, type PlacedHot, settled } from './place-hot.js';
import { placedNote } from './placed-note.js';
import { type Target, targetOf } from './target.js';

/** Writes what the broker takes up by itself and waits until it has; what it does not take is put back, with all the rest. */
export const applySettings: StepBody<'applySettings'> = async (context, input) => {
  const { session } = context;
  const supervised = await context.supervised(input.host);
  if (!(await session.dependencies.supervisor(session.spec).state(supervised)).running) {
    return 'does not run; it takes its settings when it is started';
  }
  const node = await context.driven(input.host, input.members);
  const target = await targetOf(context, input.host);
  const refused = await refusalOn(context, input.host);
  if (refused) return putBack(context, node, target, refused);
  try {
    const placed = await placeHot(context, node, target);
    await untilTakenUp(context, node, target, placed);
    await settled(context, target, placed);
    return placedNote(placed);
  } catch (error) {
    if (!hasFailed(error, context.signal)) throw error;
    return putBack(context, node, target, { kind: error.kind, why: error.message });
  }
};

/** @throws HivekeeperError of the driver or of the handshakes */
async function untilTakenUp(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  { from }: PlacedHot,
): Promise<void> {
  const difference = await differenceFrom(target);
  const change = changeOf(context, node, difference);
  await context.session.driver.untilTakenUp(node, from, change, context.progress);
  if (difference.keys.some((key) => key.startsWith('conf/tls/'))) await untilServed(context, node, target, from);
}

/** What the broker must say, whichever attempt wrote it: all that is not as it was when the change began. */
function changeOf({ session }: StepContext, node: DrivenNode, { keys, extensions }: Difference): HotChange {
  const { contents, secretFiles, extensions: wanted } = manifestOf(session.spec, node.members, node.name);
  const given = new Set([...contents.map(({ path }) => path), ...secretFiles.map(secretFileKey)]);
  const enabled = new Map(wanted.map((one) => [one.id, one.enabled]));
  const rereads = wanted.filter(({ readAtStart = [] }) => readAtStart.some((path) => keys.includes(path)));
  const reread = new Set(rereads.map(({ id }) => id));
  const idsThat = (holds: (one: KeptExtension) => boolean): string[] => extensions.filter(holds).map(({ id }) => id);
  return {
    paths: keys.filter((key) => given.has(key)),
    // The broker itself may have disabled what does not start.
    started: idsThat(({ id, before, now, swapped }) => {
      return enabled.get(id) === true && (swapped || reread.has(id) || before !== 'enabled' || now !== 'enabled');
    }),
    stopped: idsThat(({ id, before }) => enabled.get(id) === false && before === 'enabled'),
  };
}
