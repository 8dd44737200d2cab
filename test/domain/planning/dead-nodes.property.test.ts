import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, runnableSteps } from '../../../src/domain/plan/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import { type Cut, draftOf, operate, type RunOptions, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

/** `hung`: it serves, and the worker alone cannot reach it. */
const fates = ['alive', 'stopped', 'off', 'hung'] as const;

/** A cluster of random size, what became of one of its nodes, and what is done about it. */
const situation = fc
  .record({
    size: fc.integer({ min: 3, max: 5 }),
    victim: fc.nat(),
    fate: fc.constantFrom(...fates),
    type: fc.constantFrom('forgetNode' as const, 'replaceNode' as const),
    assurance: fc.constantFrom('none' as const, 'gone' as const, 'fence' as const),
    gate: fc.boolean(),
    wish: fc.boolean(),
  })
  .map((given) => {
    const members = hosts.slice(0, given.size);
    return { ...given, members, node: members[given.victim % members.length] ?? '' };
  });
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function worldOf({ members, node, fate, gate }: Situation): World {
  const cluster = new SimulatedCluster(hosts).settle(members, '4.30.0');
  if (fate === 'stopped' || fate === 'off') Object.assign(cluster.node(node), { process: 'stopped', clients: 0 });
  cluster.node(node).unreachable = fate === 'off' || fate === 'hung';
  return { cluster, record: recordOf(members), spec: specWith({ hosts, nodes: members.length, gate, fencing: true }) };
}

function inputOf({ node, type, assurance, wish }: Situation): object {
  return {
    node,
    ...(assurance === 'gone' && { gone: [node] }),
    ...(assurance === 'fence' && { fence: true }),
    ...(wish && type === 'replaceNode' && { with: 'n6' }),
  };
}

const isRefused = ({ type, fate, assurance }: Situation): boolean =>
  fate === 'hung' || (fate === 'off' && assurance === 'none') || (fate === 'alive' && type === 'forgetNode');

/** What is not as it should be in the end. */
function missing({ type, node, members, wish, gate }: Situation, world: World): string[] {
  const now = memberNames(world.record);
  const { nodes, cordoned, replacements } = world.record.membership;
  const count = members.length - (type === 'forgetNode' ? 1 : 0);
  return [
    ...unfinished({ ...world, operation: type }),
    ...(now.includes(node) ? [`${node} is still a member`] : []),
    ...(now.length === count && nodes === count ? [] : [`${now.length} members, ${nodes} meant, ${count} expected`]),
    ...(cordoned.some(({ host }) => host === node) ? [] : [`${node} is not cordoned`]),
    ...(wish && type === 'replaceNode' && !now.includes('n6') ? ['n6 was asked for'] : []),
    ...(gate && world.cluster.node(node).gate === 'open' ? [`clients are sent to ${node}`] : []),
    ...(replacements === undefined ? [] : ['a replacement counts as unfinished']),
  ];
}

const cut: fc.Arbitrary<Cut> = fc.record({
  after: fc.nat({ max: 18 }),
  how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
});

const wholeJob = (options: RunOptions = {}) =>
  fc.property(situation, fc.array(cut, { maxLength: 3 }), (given, cuts) => {
    const world = worldOf(given);
    const before = JSON.stringify([...world.cluster.nodes]);
    if (isRefused(given)) {
      expect(operate(world, given.type, inputOf(given))).toMatchObject({ outcome: 'refused', begun: [] });
      expect(JSON.stringify([...world.cluster.nodes])).toBe(before);
      expect(world.record.membership).toEqual(recordOf(given.members).membership);
      return;
    }
    for (const one of [...cuts, undefined]) {
      const result = operate(world, given.type, inputOf(given), { cut: one, ...options });
      expect([...result.broken, ...result.guarded]).toEqual([]);
      if (one === undefined) expect(result.outcome).toBe('completed');
    }
    expect(missing(given, world)).toEqual([]);
    if (given.type === 'replaceNode')
      expect(runnableSteps(draftOf(world, given.type, inputOf(given)).draft.root)).toEqual([]);
  });

const without =
  (...kinds: string[]) =>
  (root: PlanNode): PlanNode =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.filter((child) => child.type !== 'step' || !kinds.includes(child.kind)),
    }));

const options = { timeout: 180_000 };

describe('a node that is dead, or is to be replaced', options, () => {
  it('goes as asked, wherever it is cut off; one that is alive or not confirmed is refused and nothing is touched', () => {
    fc.assert(wholeJob(), { numRuns: 600 });
  });

  it.each(['dropNode', 'updateMembers', 'drainNode', 'closeTraffic', 'retireNode', 'configureNode', 'openTraffic'])(
    'is seen to go wrong without %s',
    (kind) => {
      expect(fc.check(wholeJob({ sabotage: without(kind), guards: false }), { numRuns: 400 }).failed).toBe(true);
    },
  );

  it('is seen to go wrong when the living one leaves before the spare has joined', () => {
    const sabotage = (root: PlanNode): PlanNode =>
      root.type === 'step' ? root : { ...root, children: [...root.children].reverse() };
    expect(fc.check(wholeJob({ sabotage, guards: false }), { numRuns: 400 }).failed).toBe(true);
  });
});
