import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, sequence } from '../../../src/domain/plan/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import { type Cut, draftOf, operate, type RunOptions, type RunResult, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith, versions } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

type Job =
  | { type: 'deployCluster' | 'scaleCluster'; nodes: number }
  | { type: 'rollingUpgrade' }
  | { type: 'decommissionNode'; node: string };

/** A cluster of random size, a change to its spec, and an operation to be done on it. */
const situation = fc
  .record({
    hosts: fc.shuffledSubarray(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'], { minLength: 3 }),
    size: fc.nat(),
    replicaCount: fc.integer({ min: 2, max: 3 }),
    maxUnavailable: fc.integer({ min: 1, max: 2 }),
    gate: fc.boolean(),
    drain: fc.constantFrom('before-stop' as const, 'after-stop' as const, 'none' as const),
    onTimeout: fc.constantFrom('fail' as const, 'stop-anyway' as const),
    settingsChanged: fc.boolean(),
    upgraded: fc.constantFrom(...versions),
    job: fc.constantFrom(
      'first' as const,
      'deploy' as const,
      'scale' as const,
      'upgrade' as const,
      'decommission' as const,
    ),
    more: fc.nat(),
    down: fc.boolean(),
  })
  .map((given) => {
    const { hosts, replicaCount, job } = given;
    const least = job === 'decommission' ? Math.min(replicaCount + 1, hosts.length) : 2;
    const members = hosts.slice(0, least + (given.size % (hosts.length - least + 1)));
    const most = members.length - (job === 'decommission' ? 1 : 0);
    return { ...given, replicaCount: Math.min(replicaCount, most), members };
  });
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function worldOf(given: Situation): { world: World; job: Job } {
  const { hosts, gate, drain, onTimeout, replicaCount } = given;
  const maxUnavailable = Math.min(given.maxUnavailable, replicaCount - 1);
  const first = given.job === 'first';
  const members = first ? [] : given.members;
  const cluster = new SimulatedCluster(hosts).settle(members, versions[0]);
  const nodes = given.members.length + (given.more % (hosts.length - given.members.length + 1));
  const node = given.members[given.more % given.members.length] ?? '';
  const job = jobOf(given.job, nodes, node);
  if (job.type === 'deployCluster' && given.settingsChanged) cluster.generation = 1;
  if (given.down && job.type !== 'decommissionNode' && !first) cluster.node(node).process = 'stopped';
  const version = job.type === 'deployCluster' && !first ? given.upgraded : versions[0];
  const count = job.type === 'deployCluster' ? job.nodes : given.members.length;
  const spec = specWith({ hosts, nodes: count, version, gate, drain, onTimeout, replicaCount, maxUnavailable });
  return { world: { cluster, record: recordOf(members), spec }, job };
}

function jobOf(kind: Situation['job'], nodes: number, node: string): Job {
  if (kind === 'upgrade') return { type: 'rollingUpgrade' };
  if (kind === 'decommission') return { type: 'decommissionNode', node };
  return { type: kind === 'scale' ? 'scaleCluster' : 'deployCluster', nodes };
}

function inputOf(job: Job, given: Situation): object {
  if (job.type === 'scaleCluster') return { nodes: job.nodes };
  if (job.type === 'rollingUpgrade') return { version: given.upgraded };
  return job.type === 'decommissionNode' ? { node: job.node } : { spec: {} };
}

/** What the job has not achieved. */
function missing(job: Job, given: Situation, world: World): string[] {
  const members = memberNames(world.record);
  const wanted = job.type === 'rollingUpgrade' ? given.upgraded : world.spec.broker.version;
  const rolls = job.type === 'rollingUpgrade' || job.type === 'deployCluster';
  const old = rolls ? members.filter((host) => world.cluster.node(host).version !== wanted) : [];
  const count =
    job.type === 'decommissionNode' ? given.members.length - 1 : 'nodes' in job ? job.nodes : given.members.length;
  return [
    ...unfinished({ ...world, operation: job.type }),
    ...old.map((host) => `${host} does not run ${wanted}`),
    ...(members.length === count ? [] : [`there are ${members.length} members instead of ${count}`]),
    ...(job.type === 'decommissionNode' && members.includes(job.node) ? [`${job.node} is still a member`] : []),
  ];
}

function expectSafe({ broken, guarded }: RunResult): void {
  expect([...broken, ...guarded]).toEqual([]);
}

const picks = fc.array(fc.nat({ max: 9 }), { maxLength: 60 });
const cut: fc.Arbitrary<Cut> = fc.record({
  after: fc.nat({ max: 25 }),
  how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
});

const wholeJob = (options: RunOptions = {}) =>
  fc.property(situation, picks, (given, order) => {
    const { world, job } = worldOf(given);
    // A node that does not join is never served to: growing while a member is down waits for that member.
    fc.pre(!(given.down && job.type === 'scaleCluster'));
    const input = inputOf(job, given);
    const result = operate(world, job.type, input, { picks: order, ...options });
    expectSafe(result);
    expect(result.outcome).toBe('completed');
    expect(missing(job, given, world)).toEqual([]);
    if (job.type !== 'decommissionNode') expect(runnableSteps(draftOf(world, job.type, input).draft.root)).toEqual([]);
  });

const cutJob = (options: RunOptions = {}) =>
  fc.property(situation, picks, fc.array(cut, { minLength: 1, maxLength: 3 }), (given, order, cuts) => {
    const { world, job } = worldOf(given);
    fc.pre(!(given.down && job.type === 'scaleCluster'));
    const input = inputOf(job, given);
    for (const one of [...cuts, undefined]) {
      const result = operate(world, job.type, input, { picks: order, cut: one, ...options });
      expectSafe(result);
      if (one === undefined) expect(result.outcome).toBe('completed');
    }
    expect(missing(job, given, world)).toEqual([]);
  });

const cancelled = (options: RunOptions = {}) =>
  fc.property(situation, fc.nat({ max: 25 }), (given, after) => {
    fc.pre(given.job !== 'first' && !given.down);
    const { world, job } = worldOf({ ...given, gate: true });
    operate(world, job.type, inputOf(job, given), { cut: { after, how: 'cancel' }, ...options });
    const serving = memberNames(world.record).filter((host) => world.cluster.node(host).process === 'serving');
    expect(serving.filter((host) => world.cluster.node(host).gate === 'closed')).toEqual([]);
    expect(memberNames(world.record).length - serving.length).toBe(0);
  });

/** Long enough for a loaded machine; nothing here waits. */
const options = { timeout: 180_000 };

describe('every planner', options, () => {
  it('leaves no member out of service and none without clients when it is cancelled', () => {
    fc.assert(cancelled(), { numRuns: 500 });
  });

  it('keeps the safety rules in any order that the runner permits, and does what was asked', () => {
    fc.assert(wholeJob(), { numRuns: 600 });
  });

  it('completes the job after it was cut off anywhere, in any way, several times', () => {
    fc.assert(cutJob(), { numRuns: 800 });
  });

  it('plans the same for the same', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { world, job } = worldOf(given);
        const input = inputOf(job, given);
        expect(draftOf(world, job.type, input).draft).toEqual(draftOf(world, job.type, input).draft);
      }),
      { numRuns: 200 },
    );
  });
});

/** A tree without the steps of one kind. */
const without =
  (kind: string) =>
  (root: PlanNode): PlanNode =>
    changeGroups(root, (group) => ({
      ...group,
      children: group.children.filter((child) => child.type !== 'step' || child.kind !== kind),
    }));

const parallelWhere = (matches: (id: string) => boolean) => (root: PlanNode) =>
  changeGroups(root, (group) => (matches(group.id) ? { ...group, type: 'parallel' } : group));

const wrongPlans: Readonly<Record<string, (root: PlanNode) => PlanNode>> = {
  'stops two nodes at once': parallelWhere((id) => id === 'roll'),
  'forgets the gate before a stop': without('closeTraffic'),
  'forgets to drain': without('drainNode'),
  'starts what was not configured': without('configureNode'),
  'does not install': without('installPackage'),
  'does not tell the old members': without('updateMembers'),
  'leaves the gate closed': without('openTraffic'),
  'starts all first nodes at once': parallelWhere((id) => id === 'deploy'),
  'names a step twice': (root) => sequence('all', 'all', [root, root]),
};

describe('the watch over the planners', options, () => {
  it.each(Object.entries(wrongPlans))('sees a plan that %s', (_, sabotage) => {
    expect(fc.check(wholeJob({ sabotage, guards: false }), { numRuns: 500 }).failed).toBe(true);
  });

  it('sees a job that leaves a gate closed after it was cut off', () => {
    const sabotage = (root: PlanNode) =>
      changeGroups(root, (group) => ({ ...group, children: group.children.filter(({ id }) => id !== 'reopen') }));
    expect(fc.check(cutJob({ sabotage }), { numRuns: 1_000 }).failed).toBe(true);
  });

  it('sees a cancel between a stop and its start', () => {
    const sabotage = (root: PlanNode) => changeGroups(root, ({ atomic: _, ...group }) => group);
    expect(fc.check(cancelled({ sabotage }), { numRuns: 500 }).failed).toBe(true);
  });

  it('sees a stop that a guard would have to refuse', () => {
    const sabotage = without('drainNode');
    expect(fc.check(wholeJob({ sabotage }), { numRuns: 500 }).failed).toBe(true);
  });
});
