import { describe, expect, it } from 'vitest';
import { operationDefinition, type OperationType, parseOperationInput } from '../../../src/domain/operations/index.js';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import type { DiscoveryBucket } from '../../../src/domain/products/index.js';
import { applyChange, memberNames, type RecordChange } from '../../../src/domain/record/index.js';
import { contextOf, draftOf, operate, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { type SpecOptions, specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'];

function worldOf(members: readonly string[], options: Partial<SpecOptions> = {}): World {
  return {
    cluster: new SimulatedCluster(hosts).settle(members, '4.30.0'),
    record: recordOf(members),
    spec: specWith({ hosts, nodes: Math.max(1, members.length), fencing: true, ...options }),
  };
}

/** Three nodes, and n3 is dead: its host is off, or only its broker does not run. */
function withDead(how: 'off' | 'stopped' = 'off', options: Partial<SpecOptions> = {}): World {
  const world = worldOf(['n1', 'n2', 'n3'], options);
  Object.assign(world.cluster.node('n3'), { process: 'stopped', clients: 0, unreachable: how === 'off' });
  return world;
}

const refusal = (world: World, type: OperationType, input: object): string => {
  const { outcome, guarded } = operate(world, type, input);
  return outcome === 'refused' ? guarded.join('\n') : outcome;
};
const steps = (world: World, type: OperationType, input: object): string[] =>
  runnableSteps(draftOf(world, type, input).draft.root).map(({ id }) => id);
const changed = (world: World, ...changes: RecordChange[]): World => ({
  ...world,
  record: changes.reduce(applyChange, world.record),
});

describe('forgetNode', () => {
  it('fences, drops and tells the others, and runs nothing on the dead host', () => {
    expect(steps(withDead(), 'forgetNode', { node: 'n3', fence: true })).toEqual([
      'n3/fenceNode',
      'n3/dropNode',
      'n1/updateMembers',
      'n2/updateMembers',
      'cluster/verifyCluster',
    ]);
    expect(steps(withDead(), 'forgetNode', { node: 'n3', gone: ['n3'] })[0]).toBe('n3/dropNode');
  });

  it('does not fence a host that answers', () => {
    expect(steps(withDead('stopped'), 'forgetNode', { node: 'n3', fence: true })[0]).toBe('n3/dropNode');
  });

  it('lowers the count of the spec only once it has completed', () => {
    const { draft } = draftOf(withDead(), 'forgetNode', { node: 'n3', gone: ['n3'] });
    expect(draft.accepts ?? []).toEqual([]);
    expect(draft.completes).toMatchObject([{ type: 'specAccepted', spec: { nodes: 2 } }]);
  });

  it.each<[string, () => World, object, RegExp]>([
    [
      'one that is alive',
      () => worldOf(['n1', 'n2', 'n3']),
      { node: 'n3', gone: ['n3'] },
      /n3 is alive.*decommissionNode/,
    ],
    ['one that nobody confirmed', () => withDead(), { node: 'n3' }, /really-gone: cannot be reached/],
    ['one when another was confirmed', () => withDead(), { node: 'n3', gone: ['n2'] }, /really-gone/],
    ['an unknown one', () => withDead(), { node: 'n4' }, /has no node n4; members: n1, n2, n3/],
    ['the last one', () => worldOf(['n3']), { node: 'n3' }, /n3 is its last member/],
    [
      'any where no node may go',
      () => withDead('off', { allowDecommission: false }),
      { node: 'n3', gone: ['n3'] },
      /allowDecommission/,
    ],
    [
      'to fence without a hook',
      () => withDead('off', { fencing: false }),
      { node: 'n3', fence: true },
      /no fencing hook/,
    ],
  ])('refuses %s', (_, world, input, reason) => {
    expect(refusal(world(), 'forgetNode', input)).toMatch(reason);
  });

  it('refuses to give up what only dead nodes have, whether the host answers or not', () => {
    for (const how of ['off', 'stopped'] as const) {
      const world = worldOf(['n1', 'n2', 'n3', 'n4']);
      for (const name of ['n3', 'n4'])
        Object.assign(world.cluster.node(name), { process: 'stopped', unreachable: how === 'off' });
      const found = refusal(world, 'forgetNode', { node: 'n3', gone: ['n3', 'n4'] });
      expect(found).toMatch(/data-kept: n3, n4 not serving/);
    }
  });

  it('puts a host in order that came back, and leaves a broker alone that runs there', () => {
    const world = withDead();
    expect(operate(world, 'forgetNode', { node: 'n3', gone: ['n3'] }).outcome).toBe('completed');
    world.cluster.node('n3').unreachable = false;
    expect(steps(world, 'forgetNode', { node: 'n3' })).toContain('n3/dropNode');
    world.cluster.node('n3').process = 'serving';
    expect(refusal(world, 'forgetNode', { node: 'n3' })).toMatch(/n3 is no member any more.*stop it on the host/);
  });
});

describe('replaceNode', () => {
  it('rebuilds a dead node on the first free host', () => {
    const ids = steps(withDead(), 'replaceNode', { node: 'n3', gone: ['n3'] });
    expect(ids.indexOf('n3/dropNode')).toBeLessThan(ids.indexOf('n4/startNode'));
    expect(ids).not.toContain('n3/stopNode');
    expect(ids.at(-1)).toBe('cluster/verifyCluster');
  });

  it('lets the spare join before a living node leaves', () => {
    const ids = steps(worldOf(['n1', 'n2', 'n3']), 'replaceNode', { node: 'n1', with: 'n5' });
    expect(ids.indexOf('n5/startNode')).toBeLessThan(ids.indexOf('n1/stopNode'));
    expect(ids).toContain('n1/drainNode');
  });

  it('looks at the spare before it plans, and at no host that has joined already', () => {
    const world = withDead();
    const preflight = ({ spec, record }: World, json: object) =>
      operationDefinition('replaceNode').preflight?.(
        { spec, record },
        parseOperationInput('replaceNode', { cluster: 'prod', ...json }),
      );
    expect(preflight(world, { node: 'n3' })).toEqual(['n4']);
    expect(preflight(world, { node: 'n3', with: 'n5' })).toEqual(['n5']);
    const joined = changed(
      world,
      { type: 'replacing', host: 'n3', by: 'n5', nodes: 3 },
      { type: 'joined', host: 'n5', version: '4.30.0', at: 'now' },
    );
    expect(preflight(joined, { node: 'n3' })).toEqual([]);
  });

  it.each<[string, () => World, object, RegExp]>([
    ['a dead one that nobody confirmed', () => withDead(), { node: 'n3' }, /really-gone/],
    ['an unknown one', () => withDead(), { node: 'n4' }, /has no node n4.*scaleCluster/],
    ['to put it on an unknown host', () => withDead(), { node: 'n3', with: 'n9' }, /n9 is no host with the role node/],
    ['to put it on a member', () => withDead(), { node: 'n3', with: 'n1' }, /n1 is a member already/],
    ['to put it on itself', () => withDead(), { node: 'n3', with: 'n3' }, /n3 is a member already/],
    [
      'to put it on a cordoned host',
      () => ({ ...withDead(), record: recordOf(['n1', 'n2', 'n3'], ['n4']) }),
      { node: 'n3', with: 'n4' },
      /n4 is cordoned; uncordon it first/,
    ],
    ['where no host is free', () => worldOf(hosts), { node: 'n3' }, /no host is free to take the place of n3; add one/],
    [
      'a living one where no node may go',
      () => worldOf(['n1', 'n2', 'n3'], { allowDecommission: false }),
      { node: 'n3' },
      /allowDecommission/,
    ],
  ])('refuses %s', (_, world, input, reason) => {
    expect(refusal(world(), 'replaceNode', input)).toMatch(reason);
  });

  it('refuses while another node is down', () => {
    const world = withDead();
    world.cluster.node('n2').process = 'stopped';
    expect(refusal(world, 'replaceNode', { node: 'n3', gone: ['n3'] })).toMatch(
      /n2 not serving either; run recoverCluster/,
    );
  });

  it('keeps to the host that has joined already, until somebody says how many nodes there shall be', () => {
    const world = changed(
      worldOf(['n1', 'n2', 'n3', 'n4']),
      { type: 'countSet', nodes: 3 },
      { type: 'replacing', host: 'n3', by: 'n4', nodes: 3 },
    );
    expect(steps(world, 'replaceNode', { node: 'n3' })).not.toContain('n5/startNode');
    expect(refusal(world, 'replaceNode', { node: 'n3', with: 'n5' })).toMatch(
      /n4 has joined in the place of n3 already/,
    );
    const scaled = changed(world, { type: 'countSet', nodes: 4 });
    expect(steps(scaled, 'replaceNode', { node: 'n3' })).toContain('n5/startNode');
  });

  it('takes one place with one host', () => {
    const world = changed(
      worldOf(['n1', 'n2', 'n3']),
      { type: 'replacing', host: 'n3', by: 'n4', nodes: 3 },
      { type: 'replacing', host: 'n2', by: 'n4', nodes: 3 },
    );
    expect(world.record.membership.replacements).toEqual([{ host: 'n2', by: 'n4', nodes: 3 }]);
    expect(memberNames(world.record)).toEqual(['n1', 'n2', 'n3']);
  });
});

describe('recoverCluster', () => {
  it('removes what a host that is off announces, where nodes find each other by a bucket', () => {
    const world = withDead();
    const context = contextOf(world);
    const bucket = { ...context.product.discovery(world.spec), bucket: bucketNeeds };
    const product = { ...context.product, discovery: () => bucket };
    const input = parseOperationInput('recoverCluster', { cluster: 'prod', gone: ['n3'] });
    const draft = operationDefinition('recoverCluster').plan({ ...context, product }, input);
    expect(runnableSteps(draft.root).map(({ id }) => id)).toEqual(['n3/removeAnnouncement']);
    expect(steps(world, 'recoverCluster', { gone: ['n3'] })).toEqual([]);
  });
});

const bucketNeeds: DiscoveryBucket = {
  ...{ region: 'eu-central-1', bucket: 'nodes', prefix: '', keys: null, nodeKeys: 'hidden' },
  ...{ expiration: 0, expires: null },
};
