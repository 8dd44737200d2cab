import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, runnableSteps, stepsOf } from '../../../src/domain/plan/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import { type Cut, draftOf, operate, type RunOptions, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith, versions } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const [old, version] = versions;

/** A cluster on its way to a version: some members there already, spares, and any policy. */
const situation = fc.record({
  size: fc.integer({ min: 3, max: 5 }),
  there: fc.nat({ max: 4 }),
  down: fc.option(fc.nat({ max: 4 }), { nil: null, freq: 3 }),
  surge: fc.constantFrom('required' as const, 'never' as const, 'auto' as const),
  canary: fc.nat({ max: 6 }),
  rollback: fc.constantFrom('automatic' as const, 'never' as const),
  gate: fc.boolean(),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function worldOf({ size, there, down, surge, canary, rollback, gate }: Situation): World {
  const members = hosts.slice(0, size);
  const cluster = new SimulatedCluster(hosts).settle(members, old);
  for (const host of members.slice(0, Math.min(there, size - 1)))
    Object.assign(cluster.node(host), { version, current: version, installed: [old, version] });
  if (down !== null) cluster.node(members[down % size] ?? '').process = 'stopped';
  const policy = { upgrade: { surge, canary, soak: '5s', rollback } };
  return { cluster, record: recordOf(members), spec: specWith({ hosts, nodes: size, gate, policy }) };
}

const cut: fc.Arbitrary<Cut> = fc.record({
  after: fc.nat({ max: 30 }),
  how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
});

/** Upgrades, cut off as often as asked; gives what is wrong in the end. */
function upgraded(given: Situation, cuts: readonly Cut[], options: RunOptions = {}): string[] {
  const world = worldOf(given);
  const wrong: string[] = [];
  for (const one of [...cuts, undefined]) {
    const result = operate(world, 'rollingUpgrade', { version }, { ...options, cut: one });
    wrong.push(...result.broken, ...result.guarded);
    if (one === undefined && result.outcome !== 'completed') wrong.push(`it ended ${result.outcome}`);
  }
  const members = hosts.slice(0, given.size);
  const spares = hosts.slice(given.size);
  const { membership } = world.record;
  if (memberNames(world.record).join() !== members.join())
    wrong.push(`members are ${memberNames(world.record).join()}`);
  if (membership.surge !== undefined) wrong.push(`${membership.surge} is still the surge node`);
  if (membership.nodes !== given.size || membership.cordoned.length > 0) wrong.push('the count or the spares changed');
  wrong.push(...spares.filter((host) => world.cluster.node(host).process !== 'stopped').map((host) => `${host} runs`));
  wrong.push(...members.filter((host) => world.cluster.node(host).version !== version).map((host) => `${host} is old`));
  wrong.push(...unfinished({ ...world, operation: 'rollingUpgrade' }));
  const again = draftOf(world, 'rollingUpgrade', { version }).draft.root;
  return [...wrong, ...runnableSteps(again).map(({ id }) => `${id} is planned again`)];
}

/** What is wrong with the order of a plan. */
function misordered(root: PlanNode, given: Situation): string[] {
  const steps = stepsOf(root);
  const place = (kind: string, node?: string): number[] =>
    steps.flatMap((step, index) => (step.kind === kind && (node === undefined || step.node === node) ? [index] : []));
  const soaks = place('soakNode');
  const last = steps.findLast(
    ({ kind, node }) => kind === 'startNode' && node !== undefined && hosts.slice(0, given.size).includes(node),
  );
  const lastOld = given.down === null ? last : undefined;
  return [
    ...soaks.flatMap((index) => {
      const host = steps[index]?.node;
      return place('startNode', host).some((start) => start > index) ? [`${host} is watched before its start`] : [];
    }),
    ...(lastOld && soaks.some((index) => index > steps.indexOf(lastOld)) ? ['watched after the last node is new'] : []),
    ...(lastOld?.input['back'] === undefined ? [] : ['the last node would go back to a version that nobody runs']),
    ...(given.rollback === 'never' && steps.some(({ input }) => input['back'] !== undefined) ? ['goes back'] : []),
    ...(soaks.length > given.canary ? [`${soaks.length} nodes are watched instead of ${given.canary}`] : []),
  ];
}

/** Long enough for a loaded machine; nothing here waits. */
const options = { timeout: 180_000 };
const cuts = fc.array(cut, { maxLength: 3 });

describe('an upgrade with surge node and canaries', options, () => {
  it('keeps the safety rules, ends with the same members, and finishes what was cut off', () => {
    fc.assert(
      fc.property(situation, cuts, (given, some) => {
        expect(upgraded(given, some)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('watches the canaries after their start and before the last old node, which never goes back', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { draft } = draftOf(worldOf(given), 'rollingUpgrade', { version });
        expect(misordered(draft.root, given)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the watch over it', options, () => {
  const without = (matches: (id: string) => boolean) => (root: PlanNode) =>
    changeGroups(root, (group) => ({ ...group, children: group.children.filter(({ id }) => !matches(id)) }));

  it.each<[string, (root: PlanNode) => PlanNode]>([
    ['leaves the surge node in', without((id) => id.endsWith('/leave'))],
    ['leaves out the canaries', without((id) => id === 'roll')],
  ])('sees a plan that %s', (_, sabotage) => {
    const property = fc.property(situation, (given) => upgraded(given, [], { sabotage }).length === 0);
    expect(fc.check(property, { numRuns: 100 }).failed).toBe(true);
  });

  it('sees a soak that comes first', () => {
    const first = (root: PlanNode) =>
      changeGroups(root, (group) =>
        group.id === 'roll' ? { ...group, children: [...group.children].reverse() } : group,
      );
    const property = fc.property(situation, (given) => {
      const { draft } = draftOf(worldOf(given), 'rollingUpgrade', { version });
      return misordered(first(draft.root), given).length === 0;
    });
    expect(fc.check(property, { numRuns: 100 }).failed).toBe(true);
  });
});
