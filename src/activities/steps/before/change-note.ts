import type { NodeIdentity } from '../../../domain/observation/index.js';
import type { Target } from '../manifest/target.js';
import { withRoom } from '../manifest/with-room.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { discardState, keepState, type Touched } from './kept-state.js';

export type Refusal = NonNullable<NodeIdentity['refused']>;
type Items = Readonly<Record<string, string>>;

export interface BegunChange {
  /** Byte of the broker's log. */
  readonly from: number;
  /** Items that the node will have when its broker has taken the change. */
  readonly hot: Items;
  readonly restart: boolean;
}

/**
 * Keeps on the node what a change will touch, and notes in node.json that it has begun. It stays kept until `endChange`,
 * however many attempts and operations that takes: what a cut-off one has left is never taken for the old state. Until then
 * node.json names no hash of an item that is being changed, so that a plan looks at it again.
 * @throws HivekeeperError DiskFull
 */
export async function beginChange(
  context: StepContext,
  target: Target,
  touched: Touched,
  { from, hot, restart }: BegunChange,
): Promise<void> {
  const { name } = target;
  const noted = (await ownIdentity(context, name))?.before;
  if (noted === undefined && touched.keys.length === 0 && touched.ids.length === 0) return;
  // A broker that runs with a change has taken it.
  const open = noted?.restart === true && !restart ? undefined : noted;
  if (open === undefined) await discardState(target);
  await withRoom(target, '.hivekeeper/before', () => keepState(target, touched));
  await withRoom(target, '.hivekeeper/node.json', () =>
    updateIdentity(context, name, (old) => {
      const first = open ?? { hot: old.hot ?? {}, placed: [...placedKeys(old)], from, restart };
      const before = { ...first, restart: first.restart || restart };
      return { ...old, hot: withoutChanged(old.hot ?? {}, hot), before };
    }),
  );
}

/** Keys that node.json names; one from before it kept them names its files. */
export const placedKeys = (identity: NodeIdentity | null): readonly string[] =>
  identity?.placed ?? Object.keys(identity?.files ?? {});

const withoutChanged = (given: Items, wanted: Items): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([key, hash]) => wanted[key] === hash));

/** Notes that the change of this operation is being taken back, and why. */
export async function noteRefusal(context: StepContext, name: string, refusal: Omit<Refusal, 'token'>): Promise<void> {
  const refused = { token: context.envelope.token, ...refusal };
  await updateIdentity(context, name, (old) => ({ ...old, refused }));
}

/** Why this very operation is taking the change back that it made; null while it is not. */
export async function refusalOn(context: StepContext, name: string): Promise<Refusal | null> {
  const refused = (await ownIdentity(context, name))?.refused;
  return refused?.token === context.envelope.token ? refused : null;
}

/** Ends a change: node.json says what the node has now, and then what was kept is forgotten. */
export async function endChange(
  context: StepContext,
  target: Target,
  change: (old: NodeIdentity) => NodeIdentity,
): Promise<void> {
  const { before } = await updateIdentity(context, target.name, (old) => {
    const { before: _, ...rest } = change(old);
    return rest;
  });
  if (before !== undefined) await discardState(target);
}
