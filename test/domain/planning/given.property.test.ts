import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { type PlanNode, runnableSteps } from '../../../src/domain/plan/index.js';
import type { WantedItems } from '../../../src/domain/planning/index.js';
import { reviveClusterSpec } from '../../../src/domain/spec/index.js';
import { itemsOf, recordOf } from '../support/nodes.js';
import { draftOf, operate, type RunOptions, type World } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { product, specWith } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
const id = 'acme-audit';
const key = `extensions/${id}`;
const content = { stored: 'ab'.repeat(32) };

/** What an extension is to a node: taken up while it runs, with a restart, or not there. */

type Kind = 'hot' | 'restart' | 'none';
type Node = Kind | 'done' | 'unknown';

const itemsFor = (kind: Kind, hash: string): WantedItems => ({
  restart: kind === 'restart' ? { [key]: hash } : {},
  hot: kind === 'hot' ? { [key]: hash } : {},
});

/** A cluster on which runs before left some nodes done, and on which other things differ too. */
const situation = fc.record({
  before: fc.constantFrom<Kind>('hot', 'restart', 'none'),
  wanted: fc.constantFrom<Kind>('hot', 'restart', 'none'),
  states: fc.array(fc.constantFrom<Node>('hot', 'restart', 'none', 'done', 'unknown'), { minLength: 2, maxLength: 5 }),
  drifted: fc.nat({ max: 4 }),
  gate: fc.boolean(),
  down: fc.option(fc.nat({ max: 4 }), { freq: 3 }),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

const membersOf = ({ states }: Situation): string[] => names.slice(0, states.length);
const downIn = (given: Situation): string | undefined =>
  given.down === null ? undefined : membersOf(given)[given.down % given.states.length];

function worldOf(given: Situation): World {
  const members = membersOf(given);
  const cluster = new SimulatedCluster(names).settle(members, '4.30.0');
  cluster.added = itemsFor(given.wanted, 'new');
  cluster.addedBefore = itemsFor(given.before, 'old');
  given.states.forEach((state, index) => {
    const node = cluster.node(members[index] ?? '');
    const extension = state === 'done' || state === 'unknown' ? cluster.added : itemsFor(state, 'old');
    // Something else differs as well, which is nothing to these operations.
    const { restart, hot } = itemsOf(members[index] ?? '', index === given.drifted ? 7 : 0);
    node.items =
      state === 'unknown' ? null : { restart: { ...restart, ...extension.restart }, hot: { ...hot, ...extension.hot } };
  });
  const down = downIn(given);
  if (down !== undefined) cluster.node(down).process = 'stopped';
  const { additions } = product;
  const bare = specWith({ hosts: names, nodes: members.length, gate: given.gate });
  const supportsHotReload = given.before !== 'restart';
  const had = given.before !== 'none' || given.wanted === 'none';
  const spec = had
    ? additions.withExtension(bare, { id, content: { stored: 'cd'.repeat(32) }, supportsHotReload })
    : bare;
  return { cluster, record: { ...recordOf(members), spec: { ...spec } }, spec, recorded: spec };
}

const operation = ({ wanted }: Situation): [OperationType, object] =>
  wanted === 'none'
    ? ['removeExtension', { id }]
    : ['addExtension', { id, content, supportsHotReload: wanted === 'hot' }];

/** The same cluster as a later run finds it. */
const later = (world: World): World => {
  const spec = world.record.spec === null ? world.spec : reviveClusterSpec(world.record.spec);
  return { cluster: world.cluster, record: world.record, spec, recorded: spec };
};

const ofExtension = ({ restart, hot }: WantedItems) => [restart[key] ?? null, hot[key] ?? null];

/** What a node needs, told from its items alone. */
function due(world: World, host: string): 'restart' | 'hot' | 'nothing' {
  const { items, process } = world.cluster.node(host);
  const wanted = ofExtension(world.cluster.wanted(host));
  const has = items === null ? [null, undefined] : ofExtension(items);
  const restarts = has[0] !== wanted[0];
  if (restarts) return 'restart';
  return process === 'serving' && has[1] !== wanted[1] ? 'hot' : 'nothing';
}

/** Hosts that lack what was given although they serve. */
const lacking = (given: Situation, world: World): string[] =>
  membersOf(given).filter((host) => {
    const { items, process } = world.cluster.node(host);
    return (
      process === 'serving' &&
      JSON.stringify(items && ofExtension(items)) !== JSON.stringify(ofExtension(world.cluster.wanted(host)))
    );
  });

/** A node that is down for another reason keeps all others from being restarted. */
const blocked = (given: Situation, world: World): boolean => {
  const down = downIn(given);
  if (down === undefined || due(world, down) === 'restart') return false;
  return membersOf(given).some((host) => due(world, host) === 'restart');
};

const picks = fc.array(fc.nat({ max: 9 }), { maxLength: 40 });
const cuts = fc.array(
  fc.record({
    after: fc.nat({ max: 20 }),
    how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
  }),
  { minLength: 1, maxLength: 3 },
);

const given = (options: RunOptions = {}) =>
  fc.property(situation, picks, (situated, order) => {
    const world = worldOf(situated);
    fc.pre(!blocked(situated, world));
    const members = membersOf(situated);
    const expected = members.map((host) => due(world, host));
    const result = operate(world, ...operation(situated), { picks: order, ...options });
    expect(result).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
    const happened = members.map((host) => {
      if (world.cluster.node(host).starts > 0) return 'restart';
      return result.begun.includes(`${host}/applySettings`) ? 'hot' : 'nothing';
    });
    expect(happened).toEqual(expected);
    expect(lacking(situated, world)).toEqual([]);
    const again = draftOf(later(world), ...operation(situated)).draft;
    expect([runnableSteps(again.root), again.changes]).toEqual([[], []]);
  });

const options = { timeout: 180_000 };

describe('what somebody gives a running cluster', options, () => {
  it('comes to whoever lacks it, with a restart only where one is needed, whatever else differs', () => {
    fc.assert(given(), { numRuns: 150 });
  });

  it('is completed by running it again, wherever it was cut off, and restarts no node twice', () => {
    const property = fc.property(situation, picks, cuts, (situated, order, stops) => {
      const world = worldOf(situated);
      fc.pre(!blocked(situated, world));
      const wanted = world.cluster.added;
      let present = world;
      const [type, input] = operation(situated);
      for (const cut of stops) {
        present = later(present);
        present.cluster.added = wanted;
        const result = operate(present, type, input, { picks: order, cut });
        expect([...result.broken, ...result.guarded]).toEqual([]);
      }
      present = later(present);
      present.cluster.added = wanted;
      expect(operate(present, type, input)).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
      expect(lacking(situated, present)).toEqual([]);
      const { cluster } = present;
      for (const host of membersOf(situated)) expect(cluster.node(host).starts).toBeLessThanOrEqual(1);
      const served = downIn(situated);
      if (served === undefined) expect(unfinished({ ...present, operation: type })).toEqual([]);
    });
    fc.assert(property, { numRuns: 100 });
  });

  /** The first node does not take it: its step fails, and nothing was done. */
  const refused = (sabotage?: (root: PlanNode) => PlanNode) =>
    fc.property(situation, picks, (situated, order) => {
      const world = worldOf(situated);
      const before = JSON.stringify(world.record.spec);
      fc.pre(!blocked(situated, world));
      const { root } = draftOf(world, ...operation(situated)).draft;
      const taking = ['applySettings', 'configureNode', 'startNode'];
      const first = runnableSteps(root).findIndex(({ kind }) => taking.includes(kind));
      fc.pre(first >= 0);
      const cut = { after: first, how: 'fail-undone' as const };
      const result = operate(world, ...operation(situated), { picks: order, cut, ...(sabotage && { sabotage }) });
      expect(result).toMatchObject({ outcome: 'failed', broken: [], guarded: [] });
      const touched = new Set(
        runnableSteps(root)
          .filter((step) => result.begun.includes(step.id) && step.kind !== 'openTraffic')
          .map(({ node }) => node),
      );
      expect(touched.size).toBe(1);
      expect(JSON.stringify(world.record.spec)).toBe(before);
    });

  it('stays with the one node that does not take it, and the record keeps the spec of before', () => {
    fc.assert(refused(), { numRuns: 100 });
  });

  const sideBySide = (root: PlanNode) =>
    changeGroups(root, (group) => (group.id.startsWith('given') ? { ...group, type: 'parallel' } : group));
  const without = (kind: string) => (root: PlanNode) =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.filter((child) => child.type !== 'step' || child.kind !== kind),
    }));
  const withoutUndo = (root: PlanNode) =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.map((child) => {
        if (child.type !== 'step' || child.undo?.kind !== 'restoreSpec') return child;
        const { undo: _, ...rest } = child;
        return rest;
      }),
    }));

  it.each(['applySettings', 'configureNode', 'closeTraffic'])('is seen to fail without %s', (kind) => {
    expect(fc.check(given({ sabotage: without(kind), guards: false }), { numRuns: 300 }).failed).toBe(true);
  });

  it('is seen to fail when all nodes get it at once', () => {
    expect(fc.check(refused(sideBySide), { numRuns: 300 }).failed).toBe(true);
  });

  it('is seen to fail when the record keeps what no node has', () => {
    expect(fc.check(refused(withoutUndo), { numRuns: 300 }).failed).toBe(true);
  });
});
