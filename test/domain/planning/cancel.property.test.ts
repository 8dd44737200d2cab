import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOperationType,
  operationDefinition,
  operations,
  type OperationType,
} from '../../../src/domain/operations/index.js';
import { type PlanNode, runnableSteps } from '../../../src/domain/plan/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import { leftOverLines, leftOverText } from '../../../src/domain/reports/index.js';
import { recordOf } from '../support/nodes.js';
import { draftOf, operate, type RunOptions, type RunResult, type World } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { product, specWith } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';
import { unfinished } from '../support/watch.js';

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const content = { stored: 'ab'.repeat(32) };

interface Situation {
  readonly size: number;
  readonly drain: 'before-stop' | 'after-stop' | 'none';
  readonly picks: readonly number[];
}

interface Job {
  readonly json: object;
  /** Makes the cluster what the operation is for. */
  readonly prepare?: (world: World) => void;
  /** Members that are down before it begins, and for which it is made. */
  readonly down?: readonly string[];
  /** It stops the cluster by declaration. */
  readonly ends?: true;
  /** How many nodes the spec asks for beyond the members. */
  readonly more?: number;
}

const changed = ({ cluster }: World): void => void Object.assign(cluster, { generation: 1, hotGeneration: 1 });
const stopped = ({ cluster }: World): void =>
  void Object.assign(cluster.node('n2'), { process: 'stopped', clients: 0 });
const halfUpgraded = (world: World): void => {
  expect(operate(world, 'rollingUpgrade', { version: '4.31.0' }, { cut: { after: 12, how: 'cancel' } }).outcome).toBe(
    'cancelled',
  );
};
const adding = (world: World): void => {
  world.cluster.added = { restart: { 'extensions/acme-audit': 'new' }, hot: {} };
};

/** Each operation that a cancel may meet; those that share a planner stand for each other. */
const jobs = {
  deployCluster: { json: { spec: {} }, prepare: changed, more: 1 },
  applySpec: { json: { spec: {} }, prepare: changed, more: 1 },
  scaleCluster: { json: { nodes: 6 } },
  decommissionNode: { json: { node: 'n2' } },
  rollingUpgrade: { json: { version: '4.31.0' } },
  rollBack: { json: {}, prepare: halfUpgraded },
  rollingRestart: { json: { reason: 'new limits' } },
  restartNode: { json: { node: 'n2' } },
  setLogLevel: { json: { level: 'DEBUG' }, prepare: changed },
  addExtension: { json: { id: 'acme-audit', content }, prepare: adding },
  recoverCluster: { json: {}, prepare: stopped, down: ['n2'] },
  replaceNode: { json: { node: 'n2' } },
  forgetNode: { json: { node: 'n2' }, prepare: stopped, down: ['n2'] },
  removeCluster: { json: { confirm: 'prod' }, ends: true },
} as const satisfies Readonly<Partial<Record<OperationType, Job>>>;

const asOther: Readonly<Partial<Record<OperationType, keyof typeof jobs>>> = {
  addLicense: 'addExtension',
  removeLicense: 'addExtension',
  configureExtension: 'addExtension',
  enableExtension: 'addExtension',
  disableExtension: 'addExtension',
  removeExtension: 'addExtension',
  setUsers: 'addExtension',
  setControlCenterUsers: 'addExtension',
  // Nothing of a certificate's way concerns who serves; its restarts are a roll.
  setCertificates: 'rollingRestart',
};

const job = (type: keyof typeof jobs): Job => jobs[type];

function worldOf(type: keyof typeof jobs, { size, drain }: Situation): World {
  const members = names.slice(0, size);
  const cluster = new SimulatedCluster(names).settle(members, '4.30.0');
  const spec = specWith({ hosts: names, nodes: size + (job(type).more ?? 0), gate: true, drain });
  const before = specWith({ hosts: names, nodes: size, gate: true, drain });
  const world: World = { cluster, record: { ...recordOf(members), spec: { ...before } }, spec };
  job(type).prepare?.(world);
  return world;
}

const situation: fc.Arbitrary<Situation> = fc.record({
  size: fc.integer({ min: 3, max: 4 }),
  drain: fc.constantFrom('before-stop' as const, 'after-stop' as const, 'none' as const),
  picks: fc.array(fc.nat({ max: 9 }), { maxLength: 30 }),
});

/** What is wrong with the cluster that a cancelled operation left. */
function left(type: keyof typeof jobs, { cluster, record }: World): string[] {
  const { ends, down = [] } = job(type);
  if (ends) return [];
  return memberNames(record).flatMap((host) => {
    const { process, gate } = cluster.node(host);
    if (down.includes(host) && process === 'stopped') return [];
    return [
      ...(process === 'serving' ? [] : [`${host} is ${process}`]),
      ...(process === 'serving' && gate === 'closed' ? [`no client is sent to ${host}`] : []),
    ];
  });
}

/** Where what is said of a node is not how it is. */
function untrue({ left: said }: RunResult, { cluster }: World): string[] {
  return (said?.nodes ?? []).flatMap(({ host, state, untouched }) => {
    if (host === null || untouched) return [];
    const { process, gate, version } = cluster.node(host);
    const claims: [boolean, boolean][] = [
      [/, serving/.test(state), process === 'serving'],
      [/^stopped|^out of the cluster/.test(state), process === 'stopped'],
      [/opened again/.test(state), gate === 'open'],
      [/gate closed(?! and)/.test(state), gate === 'closed'],
    ];
    const wrong = claims.some(([claimed, is]) => claimed && !is);
    const other = /(\d+\.\d+\.\d+), serving/.exec(state)?.[1] ?? version;
    return wrong || other !== version ? [`${host}: ${state}, but ${process}, ${gate}, ${version ?? 'nothing'}`] : [];
  });
}

/** Cancels at every step of the operation, one world each, and runs the same once more. */
const cancelledAnywhere = (type: keyof typeof jobs, options: RunOptions = {}) =>
  fc.property(situation, (given) => {
    const steps = runnableSteps(draftOf(worldOf(type, given), type, job(type).json).draft.root).length;
    expect(steps).toBeGreaterThan(0);
    for (let after = 0; after < steps; after++) {
      const world = worldOf(type, given);
      const cut = { after, how: 'cancel' as const };
      const result = operate(world, type, job(type).json, { picks: given.picks, cut, ...options });
      expect([...result.broken, ...result.guarded, ...left(type, world), ...untrue(result, world)]).toEqual([]);
      if (result.outcome === 'cancelled') {
        expect(result.left?.notUndone).toEqual([]);
        const again = operate(world, type, job(type).json, options);
        expect([...again.broken, ...again.guarded]).toEqual([]);
        expect(again.outcome).toBe('completed');
      }
      if (job(type).ends) continue;
      expect(unfinished({ ...world, operation: type })).toEqual([]);
    }
  });

const types = Object.keys(jobs).filter((type): type is keyof typeof jobs => Object.hasOwn(jobs, type));
const timeout = { timeout: 180_000 };

describe('an operation that is cancelled at any of its steps', timeout, () => {
  it.each(types)('%s leaves a cluster that serves, says what is left, and finishes when it is run again', (type) => {
    fc.assert(cancelledAnywhere(type), { numRuns: 2 });
  });

  it('is any that takes the lease', () => {
    const leasing = Object.keys(operations)
      .filter(isOperationType)
      .filter((type) => operationDefinition(type).lease);
    // An adoption writes a note per node and touches no broker.
    const covered = [...types, ...Object.keys(asOther), 'adoptCluster'];
    expect(leasing.filter((type) => !covered.includes(type))).toEqual([]);
  });

  it('is seen to go wrong without the atomic group and without the undo', () => {
    const cut = (root: PlanNode): PlanNode => changeGroups(root, ({ atomic: _, ...group }) => group);
    expect(fc.check(cancelledAnywhere('rollingUpgrade', { sabotage: cut }), { numRuns: 10 }).failed).toBe(true);
    const closed = (root: PlanNode): PlanNode =>
      changeGroups(root, (group) => ({
        ...group,
        children: group.children.map((child) => {
          if (child.type !== 'step') return child;
          const { undo: _, ...step } = child;
          return step;
        }),
      }));
    expect(fc.check(cancelledAnywhere('decommissionNode', { sabotage: closed }), { numRuns: 10 }).failed).toBe(true);
  });
});

describe('a rollback', timeout, () => {
  const version = '4.31.0';
  const upgraded = (after: number, size = 3): World => {
    const world = worldOf('rollingUpgrade', { size, drain: 'before-stop', picks: [] });
    operate(world, 'rollingUpgrade', { version }, { cut: { after, how: 'cancel' } });
    return world;
  };
  const running = ({ cluster, record }: World) => memberNames(record).map((host) => cluster.node(host).version);

  it('brings an upgrade back from wherever it was cancelled, itself cancelled anywhere, while a member runs the old version', () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.array(fc.nat({ max: 15 }), { maxLength: 2 }), (after, cuts) => {
        const world = upgraded(after);
        const before = running(world);
        fc.pre(before.includes('4.30.0') && before.includes(version));
        for (const cut of [...cuts, null]) {
          const how = cut === null ? {} : { cut: { after: cut, how: 'cancel' as const } };
          const result = operate(world, 'rollBack', {}, how);
          expect([...result.broken, ...result.guarded]).toEqual([]);
          // A member that never left the old version is not touched.
          const touched = memberNames(world.record).filter((host) => result.begun.includes(`${host}/stopNode`));
          expect(touched.filter((host) => before[memberNames(world.record).indexOf(host)] === '4.30.0')).toEqual([]);
        }
        expect(new Set(running(world))).toEqual(new Set(['4.30.0']));
        expect(unfinished({ ...world, operation: 'rollBack' })).toEqual([]);
        expect(world.record.spec).toMatchObject({ broker: { version: '4.30.0' } });
      }),
      { numRuns: 30 },
    );
  });

  it('is refused behind the point of no return, and nothing is touched', () => {
    const world = upgraded(1000);
    const before = JSON.stringify([...world.cluster.nodes]);
    const result = operate(world, 'rollBack', {});
    expect(result).toMatchObject({ outcome: 'refused', begun: [] });
    expect(result.guarded.join()).toContain('past the point of no return');
    expect(JSON.stringify([...world.cluster.nodes])).toBe(before);
    expect(product.upgradeProblem('4.31.0', '4.30.0', ['4.31.0'])).not.toBeNull();
  });

  it('names what to do instead where nothing can be taken back', () => {
    const scaled = worldOf('scaleCluster', { size: 3, drain: 'none', picks: [] });
    operate(scaled, 'scaleCluster', { nodes: 4 });
    expect(operate(scaled, 'rollBack', {}).guarded.join()).toContain('hivekeeper decommission prod NODE');

    const unknown = upgraded(9);
    expect(operate(unknown, 'rollBack', { operation: 'prod/none' }).guarded.join()).toContain(
      'does not know prod/none',
    );

    const overtaken = upgraded(12);
    const [upgrade] = overtaken.record.journal.slice(-1);
    operate(overtaken, 'rollingUpgrade', { version: '4.32.1' }, { cut: { after: 14, how: 'cancel' } });
    const refused = operate(overtaken, 'rollBack', { operation: upgrade?.workflowId }).guarded.join();
    expect(refused).toContain('the spec was changed since');
  });
});

describe('what is left', () => {
  it('is said node by node, with the command that finishes it', () => {
    const world = worldOf('rollingUpgrade', { size: 3, drain: 'before-stop', picks: [] });
    // The note, three packages, the whole first node and its watch, the gate of the second.
    const { left: said } = operate(
      world,
      'rollingUpgrade',
      { version: '4.31.0' },
      { cut: { after: 12, how: 'cancel' } },
    );
    if (!said) throw new Error('it was not cancelled');
    expect(leftOverLines(said)).toEqual([
      'cluster: the record says what the members run',
      'n1: 4.31.0, serving, watched, and all was well',
      'n2: gate closed and opened again, 4.31.0 lies ready, some of its clients moved, still 4.30.0',
      'n3: 4.31.0 lies ready, still 4.30.0',
    ]);
    expect(leftOverText(said, { again: 'hivekeeper upgrade prod --to 4.31.0', back: null })).toContain(
      'put back: Note 4.31.0 as the version that the cluster goes to, Send no new connections to n2. 11 steps were not begun; finish it with: hivekeeper upgrade prod --to 4.31.0',
    );
  });

  it('counts hosts that are many', () => {
    const nodes = Array.from({ length: 40 }, (_, index) => ({ host: `n${index}`, untouched: true, state: '' }));
    const [line] = leftOverLines({ nodes, undone: [], notUndone: [], notBegun: 3 });
    expect(line).toMatch(/n11 and 28 more untouched$/);
  });
});
