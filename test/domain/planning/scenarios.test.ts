import { describe, expect, it } from 'vitest';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import { runnableSteps, stepsOf } from '../../../src/domain/plan/index.js';
import { memberNames } from '../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { draftOf, operate, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { type SpecOptions, specWith } from '../support/specs.js';
import { unfinished } from '../support/watch.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'];

function worldOf(members: readonly string[], options: Partial<SpecOptions> = {}): World {
  return {
    cluster: new SimulatedCluster(hosts).settle(members, '4.30.0'),
    record: recordOf(members),
    spec: specWith({ hosts, nodes: Math.max(1, members.length), ...options }),
  };
}

const deploy = (world: World) => draftOf(world, 'deployCluster', { spec: {} }).draft;
const kinds = (world: World) => runnableSteps(deploy(world).root).map((step) => step.id);

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof HivekeeperError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'planned';
}

describe('membership', () => {
  it('is kept by name: after n2 left, a file with three nodes has n1, n3 and n4 and changes nothing', () => {
    const world = worldOf(['n1', 'n2', 'n3', 'n4']);
    expect(operate(world, 'decommissionNode', { node: 'n2' }).outcome).toBe('completed');
    expect(world.record.membership).toMatchObject({ nodes: 3, cordoned: [{ host: 'n2' }] });
    const draft = deploy({ ...world, spec: specWith({ hosts, nodes: 3 }) });
    expect(draft).toMatchObject({ members: ['n1', 'n3', 'n4'], changes: [] });
    expect(stepsOf(draft.root)).toEqual([]);
  });

  it('does not choose a decommissioned host again before it is uncordoned', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    operate(world, 'decommissionNode', { node: 'n2' });
    expect(deploy({ ...world, spec: specWith({ hosts, nodes: 3 }) }).members).toEqual(['n1', 'n3', 'n4']);
    const uncordoned = { ...world.record, membership: { ...world.record.membership, cordoned: [] } };
    const spec = specWith({ hosts, nodes: 3 });
    expect(deploy({ ...world, record: uncordoned, spec }).members).toEqual(['n1', 'n3', 'n2']);
  });

  it('does not follow the order of the hosts in the file', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    expect(kinds({ ...world, spec: specWith({ hosts: [...hosts].reverse(), nodes: 3 }) })).toEqual([]);
  });

  it('refuses a file that lacks a member, or wants fewer nodes than there are', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    const without = specWith({ hosts: ['n1', 'n3', 'n4', 'n5'], nodes: 3 });
    expect(refusal(() => deploy({ ...world, spec: without }))).toMatch(/^PlanRefused: prod: n2 .*put them back/);
    const fewer = specWith({ hosts, nodes: 2 });
    expect(refusal(() => deploy({ ...world, spec: fewer }))).toMatch(/^PlanRefused: .*n1, n2, n3.*decommissionNode/);
  });
});

describe('deployCluster', () => {
  it('starts one node alone, then the others, then lets clients in', () => {
    const steps = kinds(worldOf([], { nodes: 3 }));
    expect(steps.indexOf('n1/startNode')).toBeLessThan(steps.indexOf('n2/configureNode'));
    expect(steps.indexOf('n3/startNode')).toBeLessThan(steps.indexOf('n1/openTraffic'));
  });

  it('lets others join a lone member before it is restarted, so that its data has a second home', () => {
    const world = worldOf(['n1']);
    world.cluster.generation = 1;
    const spec = specWith({ hosts, nodes: 3 });
    expect(kinds({ ...world, spec }).indexOf('n3/startNode')).toBeLessThan(
      kinds({ ...world, spec }).indexOf('n1/stopNode'),
    );
    const grown = { ...world, spec };
    expect(operate(grown, 'deployCluster', { spec: {} })).toMatchObject({ outcome: 'completed', broken: [] });
  });

  it('refuses to restart a member that stays alone', () => {
    const world = worldOf(['n1']);
    world.cluster.generation = 1;
    expect(operate(world, 'deployCluster', { spec: {} })).toMatchObject({ outcome: 'refused', begun: [] });
  });

  it('refuses when several members are down: their data would be set aside', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    for (const host of ['n1', 'n3']) world.cluster.node(host).process = 'stopped';
    expect(refusal(() => deploy(world))).toMatch(/n1, n3 are not serving; run recoverCluster/);
    expect(refusal(() => draftOf(world, 'rollingUpgrade', { version: '4.31.0' }))).toMatch(/run recoverCluster/);
  });
});

describe('applySpec', () => {
  const recorded = specWith({ hosts, nodes: 3 });
  const apply = (spec: ClusterSpec) =>
    refusal(() => draftOf({ ...worldOf(['n1', 'n2', 'n3']), spec, recorded }, 'applySpec', { spec: {} }));

  it('refuses everything that cannot be done in place at once, each with the way to do it', () => {
    const { hosts: listed, ...rest } = recorded;
    const moved = listed.map((host) => (host.name === 'n1' ? { ...host, address: '10.0.7.7' } : host));
    const spec = { ...rest, hosts: moved, nodes: 2, broker: { ...rest.broker, user: 'mqtt' } };
    const message = apply(spec);
    expect(message).toMatch(/^PlanRefused: prod: refused for 3 reasons:\n/);
    expect(message).toMatch(/its member n1 is 10\.0\.1\.1 .*the spec says 10\.0\.7\.7 .*decommission n1 first/);
    expect(message).toMatch(/the spec asks for 2 nodes .*decommissionNode/);
    expect(message).toMatch(
      /~ broker\.user: hivemq -> mqtt: cannot be changed in place: .*deploy a cluster of another/,
    );
  });

  it('shows what differs, and does nothing for what concerns no node', () => {
    const spec = { ...recorded, policy: { ...recorded.policy, allowDecommission: false } };
    const { draft } = draftOf({ ...worldOf(['n1', 'n2', 'n3']), spec, recorded }, 'applySpec', { spec: {} });
    expect(draft.difference).toEqual([
      {
        sign: '~',
        path: 'policy.allowDecommission',
        before: 'true',
        after: 'false',
        effect: 'nothing',
        why: 'used by the next operation',
      },
    ]);
    expect(stepsOf(draft.root)).toEqual([]);
    expect(draft.accepts?.[0]).toMatchObject({ type: 'specAccepted', spec: { policy: { allowDecommission: false } } });
  });
});

describe('restartNode', () => {
  it('refuses what is no member', () => {
    const restart = () => draftOf(worldOf(['n1', 'n2', 'n3']), 'restartNode', { node: 'n4' });
    expect(refusal(restart)).toMatch(/^UnknownNode: prod has no node n4; members: n1, n2, n3/);
  });
});

describe('rollingUpgrade', () => {
  it('plans nothing for the version that runs', () => {
    const { draft } = draftOf(worldOf(['n1', 'n2', 'n3']), 'rollingUpgrade', { version: '4.30.0' });
    expect(draft.changes).toEqual([]);
    expect(stepsOf(draft.root)).toEqual([]);
  });

  it('does not restart a node that has the version already', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    world.cluster.node('n2').version = '4.31.0';
    const { draft } = draftOf(world, 'rollingUpgrade', { version: '4.31.0' });
    const stopped = runnableSteps(draft.root).filter((step) => step.kind === 'stopNode');
    expect(stopped.map((step) => step.node)).toEqual(['n1', 'n3']);
  });

  it('goes on with two members of which an earlier run left one stopped, that one first', () => {
    const world = worldOf(['n1', 'n2']);
    world.cluster.node('n2').process = 'stopped';
    const result = operate(world, 'rollingUpgrade', { version: '4.31.0' });
    expect(result).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
    expect(result.begun.indexOf('n2/startNode')).toBeLessThan(result.begun.indexOf('n1/stopNode'));
  });

  it.each(['after-stop', 'none'] as const)('moves no clients before the stop when drain.order is %s', (drain) => {
    const { draft } = draftOf(worldOf(['n1', 'n2', 'n3'], { drain }), 'rollingUpgrade', { version: '4.31.0' });
    const drains = stepsOf(draft.root).filter((step) => step.kind === 'drainNode');
    expect(drains.map((step) => step.skip)).toEqual(drains.map(() => `policy.drain.order is ${drain}`));
  });
});

describe('decommissionNode', () => {
  it('tells those who stay, and is taken up again where it was cut off', () => {
    const world = worldOf(['n1', 'n2', 'n3', 'n4']);
    const cut = { after: 4, how: 'kill' } as const;
    operate(world, 'decommissionNode', { node: 'n2' }, { cut });
    expect(memberNames(world.record)).toEqual(['n1', 'n3', 'n4']);
    operate(world, 'decommissionNode', { node: 'n2' });
    expect(unfinished({ ...world, operation: 'decommissionNode' })).toEqual([]);
  });

  it('refuses what is no member, the last member, a dead one beside a dead one, and where the policy forbids it', () => {
    const decommission = (world: World, node: string) => refusal(() => draftOf(world, 'decommissionNode', { node }));
    expect(decommission(worldOf(['n1', 'n2', 'n3']), 'n4')).toMatch(/^UnknownNode: .*members: n1, n2, n3/);
    expect(decommission(worldOf(['n1']), 'n1')).toMatch(/use removeCluster/);
    const dead = worldOf(['n1', 'n2', 'n3', 'n4']);
    for (const host of ['n1', 'n2']) dead.cluster.node(host).process = 'stopped';
    expect(decommission(dead, 'n1')).toMatch(/so is n2; run recoverCluster/);
    expect(decommission(worldOf(['n1', 'n2', 'n3'], { allowDecommission: false }), 'n1')).toMatch(/allowDecommission/);
  });

  it('is refused below the replica count', () => {
    const world = worldOf(['n1', 'n2']);
    expect(operate(world, 'decommissionNode', { node: 'n1' }).guarded).toEqual([
      'replicas: 1 members would stay, fewer than the replica count 2',
    ]);
  });
});

describe('scaleCluster', () => {
  it('refuses to shrink, and more nodes than there are hosts', () => {
    const scale = (nodes: number) => refusal(() => draftOf(worldOf(['n1', 'n2', 'n3']), 'scaleCluster', { nodes }));
    expect(scale(2)).toMatch(/name the node to remove/);
    expect(scale(6)).toMatch(/1 more hosts/);
  });
});

describe('removeCluster', () => {
  it('wants the name typed again, but not for a dry run', () => {
    const remove = (input: object) => refusal(() => draftOf(worldOf(['n1', 'n2']), 'removeCluster', input));
    expect(remove({})).toMatch(/^ConfirmationMissing: .*confirm: prod/);
    expect(remove({ confirm: 'other' })).toMatch(/^ConfirmationMissing/);
    expect([remove({ confirm: 'prod' }), remove({ dryRun: true })]).toEqual(['planned', 'planned']);
  });

  it('stops one node after the other, a begun stop to its end, and completes after it was cut off', () => {
    for (let after = 0; after < 7; after++) {
      for (const how of ['cancel', 'fail-undone', 'fail-done', 'kill'] as const) {
        const world = worldOf(['n1', 'n2', 'n3']);
        operate(world, 'removeCluster', { confirm: 'prod' }, { cut: { after, how } });
        const result = operate(world, 'removeCluster', { confirm: 'prod' });
        expect(result).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
        expect(world.record).toMatchObject({ removed: true, membership: { members: [] } });
      }
    }
  });
});
