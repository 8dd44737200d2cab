import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { type PlanNode, runnableSteps } from '../../../src/domain/plan/index.js';
import { itemsOf, recordOf, settingsOf } from '../support/nodes.js';
import { draftOf, operate, type RunOptions, type World } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
type Node = 'new' | 'hot' | 'old';

/** A cluster that an apply left half-way: some members have everything, some lack what is hot, some need a restart. */
const situation = fc.record({
  states: fc.array(fc.constantFrom<Node>('new', 'hot', 'old'), { minLength: 2, maxLength: 5 }),
  more: fc.integer({ min: 0, max: 1 }),
  gate: fc.boolean(),
  down: fc.option(fc.nat({ max: 4 }), { freq: 3 }),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

const membersOf = ({ states }: Situation): string[] => names.slice(0, states.length);

function worldOf(given: Situation): World {
  const members = membersOf(given);
  const cluster = new SimulatedCluster(names).settle(members, '4.30.0');
  Object.assign(cluster, { generation: 1, hotGeneration: 1 });
  given.states.forEach((state, index) => {
    const host = members[index] ?? '';
    const generation = state === 'old' ? 0 : 1;
    const hot = state === 'new' ? 1 : 0;
    Object.assign(cluster.node(host), {
      items: itemsOf(host, generation, hot),
      settings: settingsOf(host, generation),
    });
  });
  const down = given.down === null ? undefined : members[given.down % members.length];
  if (down !== undefined) cluster.node(down).process = 'stopped';
  const spec = specWith({ hosts: names, nodes: members.length + given.more, gate: given.gate });
  return { cluster, record: recordOf(members), spec };
}

/** What happened to each host: how often it was started, and whether it was given hot settings. */
function touched(world: World, begun: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((host) => {
      const hot = begun.includes(`${host}/applySettings`) ? ' hot' : '';
      return [host, `${world.cluster.node(host).starts}${hot}`];
    }),
  );
}

/** What has to happen, by the state of each member: hot settings come along with a restart. */
function due(given: Situation): Record<string, string> {
  const members = membersOf(given);
  const down = given.down === null ? undefined : members[given.down % members.length];
  const added = names.slice(members.length, members.length + given.more);
  return Object.fromEntries(
    names.map((host) => {
      const state = given.states[members.indexOf(host)];
      if (added.includes(host) || state === 'old' || (down === host && state !== undefined)) return [host, '1'];
      return [host, state === 'hot' ? '0 hot' : '0'];
    }),
  );
}

/** Members that do not have what they should have. */
function lacking(world: World): string[] {
  const members = world.record.membership.members.map(({ host }) => host);
  return members.filter(
    (host) => JSON.stringify(world.cluster.node(host).items) !== JSON.stringify(world.cluster.wanted(host)),
  );
}

const spec = { spec: {} };
const picks = fc.array(fc.nat({ max: 9 }), { maxLength: 40 });
const cuts = fc.array(
  fc.record({
    after: fc.nat({ max: 25 }),
    how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
  }),
  { minLength: 1, maxLength: 3 },
);

const bringing = fc.constantFrom<OperationType>('applySpec', 'deployCluster');

const applied = (options: RunOptions = {}) =>
  fc.property(situation, bringing, picks, (given, type, order) => {
    const world = worldOf(given);
    const said = draftOf(world, type, spec).draft.nodes ?? [];
    const result = operate(world, type, spec, { picks: order, ...options });
    expect(result).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
    // What the plan says is what happens, and nothing else.
    const happened = touched(world, result.begun);
    expect(happened).toEqual(due(given));
    const words: Record<string, string> = { restarts: '1', joins: '1', hot: '0 hot', untouched: '0' };
    for (const { host, change } of said) expect([host, words[change]]).toEqual([host, happened[host]]);
    expect([...unfinished({ ...world, operation: type }), ...lacking(world)]).toEqual([]);
    const again = draftOf(world, type, spec).draft;
    expect([runnableSteps(again.root), again.changes]).toEqual([[], []]);
  });

const options = { timeout: 180_000 };

describe('applying a spec', options, () => {
  it('restarts whoever needs it, gives the others what is hot, and touches nobody else', () => {
    fc.assert(applied(), { numRuns: 600 });
  });

  it('is completed by running it again, wherever it was cut off, and restarts no node twice', () => {
    const property = fc.property(situation, picks, cuts, (given, order, stops) => {
      const world = worldOf(given);
      for (const cut of stops) {
        const result = operate(world, 'applySpec', spec, { picks: order, cut });
        expect([...result.broken, ...result.guarded]).toEqual([]);
      }
      expect(operate(world, 'applySpec', spec)).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
      expect([...unfinished({ ...world, operation: 'applySpec' }), ...lacking(world)]).toEqual([]);
      const starts = names.map((host) => world.cluster.node(host).starts);
      expect(Math.max(...starts)).toBeLessThanOrEqual(1);
    });
    fc.assert(property, { numRuns: 600 });
  });

  it('gives what is hot before it stops anybody, to one node before the others', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const steps = runnableSteps(draftOf(worldOf(given), 'applySpec', spec).draft.root).map(({ kind }) => kind);
        const stop = steps.indexOf('stopNode');
        if (stop >= 0) expect(steps.lastIndexOf('applySettings')).toBeLessThan(stop);
      }),
      { numRuns: 200 },
    );
  });

  const without = (kind: string) => (root: PlanNode) =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.filter((child) => child.type !== 'step' || child.kind !== kind),
    }));

  it.each(['applySettings', 'configureNode', 'closeTraffic', 'openTraffic'])('is seen to fail without %s', (kind) => {
    expect(fc.check(applied({ sabotage: without(kind), guards: false }), { numRuns: 300 }).failed).toBe(true);
  });

  it('is seen to fail when nodes are rolled side by side', () => {
    const sabotage = (root: PlanNode) =>
      changeGroups(root, (group) => (group.id === 'roll' ? { ...group, type: 'parallel' } : group));
    expect(fc.check(applied({ sabotage, guards: false }), { numRuns: 300 }).failed).toBe(true);
  });
});

describe('rollingRestart', options, () => {
  const input = { reason: 'new limits' };

  it('restarts every member once, wherever it was cut off', () => {
    const property = fc.property(situation, picks, cuts, (given, order, stops) => {
      const world = worldOf(given);
      let done = false;
      for (const cut of stops) {
        if (done) break;
        const result = operate(world, 'rollingRestart', input, { picks: order, cut });
        expect([...result.broken, ...result.guarded]).toEqual([]);
        done = result.outcome === 'completed';
      }
      if (!done) expect(operate(world, 'rollingRestart', input).outcome).toBe('completed');
      expect(unfinished({ ...world, operation: 'rollingRestart' })).toEqual([]);
      expect(membersOf(given).map((host) => world.cluster.node(host).starts)).toEqual(membersOf(given).map(() => 1));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('restarts them again when it is asked for again', () => {
    const world = worldOf({ states: ['new', 'new', 'new'], more: 0, gate: true, down: null });
    for (const times of [1, 2]) {
      expect(operate(world, 'rollingRestart', input)).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
      expect(['n1', 'n2', 'n3'].map((host) => world.cluster.node(host).starts)).toEqual([times, times, times]);
    }
  });
});

describe('restartNode', options, () => {
  it('restarts that one, and is not repeated by running it again after it was cut off', () => {
    const property = fc.property(situation, cuts, (given, stops) => {
      fc.pre(given.down === null);
      const world = worldOf(given);
      let done = false;
      for (const cut of stops) {
        if (done) break;
        const result = operate(world, 'restartNode', { node: 'n2' }, { cut });
        expect([...result.broken, ...result.guarded]).toEqual([]);
        done = result.outcome === 'completed';
      }
      if (!done) operate(world, 'restartNode', { node: 'n2' });
      expect(names.map((host) => world.cluster.node(host).starts)).toEqual([0, 1, 0, 0, 0, 0]);
      expect(unfinished({ ...world, operation: 'restartNode' })).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('setLogLevel', options, () => {
  it('gives every serving member what is hot, restarts nobody, and plans nothing the second time', () => {
    const property = fc.property(situation, picks, (given, order) => {
      const world = worldOf({ ...given, more: 0 });
      const result = operate(world, 'setLogLevel', { level: 'DEBUG' }, { picks: order });
      expect(result).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
      expect(names.map((host) => world.cluster.node(host).starts)).toEqual(names.map(() => 0));
      const serving = membersOf(given).filter((host) => world.cluster.node(host).process === 'serving');
      for (const host of serving) expect(world.cluster.node(host).items?.hot).toEqual(world.cluster.wanted(host).hot);
      expect(runnableSteps(draftOf(world, 'setLogLevel', { level: 'DEBUG' }).draft.root)).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
