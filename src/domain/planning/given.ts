import type { NodeIdentity } from '../observation/index.js';
import type { NodeChange, PlanNode, PlanStep } from '../plan/index.js';
import { parallel, runnableSteps, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { nodeOf, type PlanContext, serves, type WantedItems } from './context.js';
import { differingItems } from './node-changes.js';
import { roll, rollOrder } from './roll.js';

/** What an operation is about, by the keys of items: only these decide which nodes it touches, whatever else differs there. */
export type GivenKeys = (key: string) => boolean;

/** What each member needs to get what somebody gave. */
export function givenChange(context: PlanContext, host: string, keys: GivenKeys): NodeChange {
  const untouched: NodeChange = { host, change: 'untouched', why: [] };
  const { identity, reachable } = nodeOf(context, host);
  const wanted = context.items[host];
  if (wanted === undefined || !reachable) return untouched;
  // One that a change moves from one kind to the other is old in the one and new in the other: the restart does both.
  const restart = differingItems(identity?.items ?? {}, wanted.restart, keys);
  if (serves(context, host)) {
    if (restart.length > 0) return { host, change: 'restarts', why: restart };
    const hot = hotDifferences(identity, wanted, keys);
    return hot.length > 0 ? { host, change: 'hot', why: hot } : untouched;
  }
  // Perhaps an earlier run was cut off between stop and start: until it serves, no other may be restarted.
  return restart.length > 0 ? { host, change: 'restarts', why: ['it does not serve', ...restart] } : untouched;
}

function hotDifferences(identity: NodeIdentity | null, wanted: WantedItems, keys: GivenKeys): string[] {
  // A node whose host does not tell what it was given is given everything.
  if (identity?.hot === undefined) return ['its present settings are not known'];
  return differingItems(identity.hot, wanted.hot, keys);
}

/** Id of the group after which what was given is no longer taken back. */
const others = 'given-others';

type Undo = Omit<NonNullable<PlanStep['undo']>, 'until'>;

/**
 * Brings something to one node first, where the broker must take it; a node that does not is put back by the step itself,
 * and the operation ends there.
 * @param undo what puts the record back when the first node does not take it
 */
export function bringGiven(
  context: PlanContext,
  nodes: readonly NodeChange[],
  members: readonly string[],
  undo: Undo | null,
): PlanNode | null {
  const hostsThat = (change: NodeChange['change']): string[] =>
    nodes.filter((node) => node.change === change).map(({ host }) => host);
  const [first, ...rest] = [
    ...hostsThat('hot').map((host) => planStep('applySettings', { host, members: [...members] })),
    ...rollOrder(context, hostsThat('restarts')).map((host) => rollGiven(context, host, members)),
  ];
  if (first === undefined) return null;
  const taken = undo === null ? first : withUndo(first, { ...undo, until: others });
  const hot = rest.filter(({ type }) => type === 'step');
  const rolled = rest.filter(({ type }) => type !== 'step');
  return sequence('given', 'One node first, then the others', [
    taken,
    sequence(others, 'The other nodes', [
      hot.length > 0 ? parallel('given-hot', 'Without a restart', hot, { limit: 10 }) : null,
      ...rolled,
    ]),
  ]);
}

/** A restart that starts a node with its settings of before when it does not take the new ones. */
function rollGiven(context: PlanContext, host: string, members: readonly string[]): PlanNode {
  const version = nodeOf(context, host).current ?? context.spec.broker.version;
  const rolled = roll(context, [host], () => version, members);
  return { ...mapSteps(rolled, putBackAtStart), id: `${host}/given` };
}

const putBackAtStart = (step: PlanStep): PlanStep =>
  step.kind === 'startNode' ? { ...step, input: { ...step.input, putBack: true } } : step;

/** The undo belongs to the first step that acts and has none of its own: it is done once. */
function withUndo(node: PlanNode, undo: NonNullable<PlanStep['undo']>): PlanNode {
  const target = runnableSteps(node).find((step) => step.undo === undefined);
  return mapSteps(node, (step) => (step.id === target?.id ? { ...step, undo } : step));
}

function mapSteps(node: PlanNode, change: (step: PlanStep) => PlanStep): PlanNode {
  if (node.type === 'step') return change(node);
  return { ...node, children: node.children.map((child) => mapSteps(child, change)) };
}
