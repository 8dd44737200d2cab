import { describe, expect, it } from 'vitest';
import {
  type BalancerFacts,
  type ClusterCheckContext,
  type ClusterCheckName,
  clusterCheckNames,
  clusterChecks,
  evaluateCheck,
} from '../../../src/domain/checks/index.js';
import type { NodeObservation } from '../../../src/domain/observation/index.js';
import { observationOf, servingNode, stoppedNode, unreachableNode } from '../support/nodes.js';

const members = ['n1', 'n2', 'n3'];

/** A healthy cluster before n1 is restarted: its clients are gone, and everything holds but a recovery start. */
function contextWith(
  change: Partial<ClusterCheckContext> & { nodes?: Record<string, NodeObservation> } = {},
): ClusterCheckContext {
  const { nodes, ...rest } = change;
  const names = rest.members ?? members;
  return {
    purpose: 'restart',
    members: names,
    observation: observationOf(names.map((host) => nodes?.[host] ?? servingNode(host, names))),
    target: 'n1',
    replicaCount: 2,
    clustered: true,
    persistentData: true,
    maxUnavailable: 1,
    clientsMayStay: false,
    versionProblem: null,
    packageBytes: 1_000,
    confirmedGone: [],
    ...rest,
  };
}

const serving = (host: string, change: Partial<NodeObservation>, seen = members) => ({
  ...servingNode(host, seen),
  ...change,
});
const viewOf = (host: string, seen = members) => {
  const { view } = servingNode(host, seen);
  if (!view) throw new Error('a serving node has a view');
  return view;
};

/** n1 is dead, and the others have noticed. */
const withoutN1 = {
  n1: stoppedNode('n1'),
  n2: servingNode('n2', ['n2', 'n3']),
  n3: servingNode('n3', ['n2', 'n3']),
};
const onlyOneReplica = serving('n2', { replicaCount: 1 }, ['n2', 'n3']);
const complaining = serving('n3', { disaster: 'Not all replicas are currently reachable' }, ['n2', 'n3']);

const balancer = (more: Partial<BalancerFacts>): BalancerFacts => ({
  ...{ name: 'haproxy', down: {}, open: { n1: true, n2: true, n3: true }, limit: null, connections: null },
  ...more,
});

/** Cases in which a check fails and no other but those named does. `single-recovery-start` is judged apart. */
interface Case {
  readonly name: string;
  readonly context: ClusterCheckContext;
  readonly reason: RegExp;
  readonly node?: string;
  readonly also?: readonly ClusterCheckName[];
}

const failing: Readonly<Record<ClusterCheckName, readonly Case[]>> = {
  'backup-not-running': [
    {
      name: 'a backup is made',
      context: { ...contextWith(), facts: { backup: { id: '20261121-1', state: 'IN_PROGRESS' } } },
      reason: /^backup 20261121-1 is IN_PROGRESS/,
    },
  ],
  'clients-can-move': [
    {
      name: 'the balancer sends new connections to no other',
      context: {
        ...contextWith({ nodes: { n1: serving('n1', { clients: 5 }) } }),
        clientsMayStay: true,
        facts: { balancer: balancer({ open: { n1: true, n2: false, n3: false } }) },
      },
      reason: /^the load balancer sends new connections to no other member/,
      node: 'n1',
    },
  ],
  headroom: [
    {
      name: 'another member is busy',
      context: { ...contextWith(), facts: { cpu: { n1: 99, n2: 20, n3: 61 } } },
      reason: /^61 % CPU, more than 60 %/,
      node: 'n3',
    },
    {
      name: 'the node that joined for the time of an upgrade does not serve',
      context: {
        ...contextWith({ nodes: { n2: serving('n2', { ready: false }) } }),
        surge: 'n2',
        facts: { cpu: { n1: 99, n2: 20, n3: 61 } },
      },
      reason: /^61 % CPU, more than 60 %/,
      node: 'n3',
      also: ['max-unavailable'],
    },
  ],
  'license-covers': [
    {
      name: 'a fourth node joins for a while',
      context: { ...contextWith(), nodesAtOnce: 4, facts: { license: { nodes: 3, problem: null } } },
      reason: /^4 nodes would run at once, the license allows 3/,
    },
    {
      name: 'the broker calls the license corrupt that covers them',
      context: { ...contextWith(), facts: { license: { nodes: 0, problem: 'n1 says: prod.lic is corrupt' } } },
      reason: /^no license that covers them is valid: n1 says: prod.lic is corrupt$/,
    },
  ],
  'balancer-capacity': [
    {
      name: 'one of its hosts is down',
      context: { ...contextWith(), facts: { balancer: balancer({ down: { lb2: 'no answer' } }) } },
      reason: /^does not serve: no answer/,
      node: 'lb2',
    },
    {
      name: 'it has no room left',
      context: { ...contextWith(), facts: { balancer: balancer({ limit: 100, connections: 100 }) } },
      reason: /^100 connections are open, 100 is the limit/,
    },
  ],
  'maintenance-window': [
    {
      name: 'none is open',
      context: { ...contextWith(), facts: { window: { open: false, next: '2026-11-22T02:00:00Z' } } },
      reason: /^no window is open; the next one opens Sun 2026-11-22 02:00 UTC$/,
    },
  ],
  'max-unavailable': [
    {
      name: 'another member is down',
      context: contextWith({
        nodes: {
          n1: servingNode('n1', ['n1', 'n3']),
          n2: stoppedNode('n2'),
          n3: servingNode('n3', ['n1', 'n3']),
        },
      }),
      reason: /^n2 not serving/,
    },
    {
      name: 'another member is not ready',
      context: contextWith({ nodes: { n3: serving('n3', { ready: false }) } }),
      reason: /^n3 not serving/,
    },
    {
      name: 'a member was not observed at all',
      context: {
        ...contextWith(),
        members: [...members, 'n9'],
      },
      reason: /^n9 not serving/,
    },
    {
      name: 'two are down, with three replicas and two allowed',
      context: contextWith({
        members: ['n1', 'n2', 'n3', 'n4'],
        replicaCount: 3,
        maxUnavailable: 2,
        nodes: {
          n1: servingNode('n1', ['n1', 'n4']),
          n2: stoppedNode('n2'),
          n3: stoppedNode('n3'),
          n4: servingNode('n4', ['n1', 'n4']),
        },
      }),
      reason: /^n2, n3 not serving/,
    },
    {
      name: 'the limit is above what the replicas allow',
      context: contextWith({
        maxUnavailable: 5,
        nodes: { n1: servingNode('n1', ['n1', 'n3']), n2: stoppedNode('n2'), n3: servingNode('n3', ['n1', 'n3']) },
      }),
      reason: /^n2 not serving/,
    },
  ],
  synchronized: [
    {
      name: 'a member joins',
      context: contextWith({ nodes: { n2: serving('n2', { view: { ...viewOf('n2'), nodeState: 'JOINING' } }) } }),
      reason: /n2 is JOINING/,
      node: 'n2',
    },
    {
      name: 'a member hands over before it leaves',
      context: contextWith({
        nodes: { n3: serving('n3', { view: { ...viewOf('n3'), leaveReplicationInProgress: true } }) },
      }),
      reason: /n3 replicates before it leaves/,
      node: 'n3',
    },
    {
      name: 'the log of the target shows a merge',
      context: contextWith({ nodes: { n1: serving('n1', { synchronizing: 'merge' }) } }),
      reason: /n1 has begun a merge/,
      node: 'n1',
    },
    {
      name: 'the lists differ',
      context: contextWith({ nodes: { n2: servingNode('n2', ['n2']) } }),
      reason: /different clusters: n1 sees 3, n2 sees 1, n3 sees 3/,
    },
    {
      name: 'a broker that is no member is in the list',
      context: contextWith({
        nodes: Object.fromEntries(members.map((host) => [host, servingNode(host, [...members, 'n4'])])),
      }),
      reason: /3 members run but their cluster has 4/,
    },
    {
      name: 'a list of the right size lacks a member',
      context: contextWith({
        nodes: Object.fromEntries(members.map((host) => [host, servingNode(host, ['n1', 'n2', 'n9'])])),
      }),
      reason: /n3 is not in the members' list/,
      node: 'n3',
    },
    {
      name: 'a member runs and does not tell',
      context: contextWith({ nodes: { n1: serving('n1', { view: null }) } }),
      reason: /n1 runs but its health API/,
      node: 'n1',
    },
  ],
  'replica-count': [
    {
      name: 'the spec has one replica',
      context: contextWith({ replicaCount: 1 }),
      reason: /^the replica count is 1: each restart of a node loses persistent data/,
    },
    {
      name: 'the spec has one replica, before the first start',
      context: contextWith({ replicaCount: 1, purpose: 'join', members: [], target: null }),
      reason: /^the replica count is 1/,
    },
    {
      name: 'a node runs with one replica still',
      context: contextWith({ nodes: { n2: serving('n2', { replicaCount: 1 }) } }),
      reason: /^runs with a replica count of 1: a restart loses persistent data/,
      node: 'n2',
    },
  ],
  replicas: [
    {
      name: 'fewer would stay than there are replicas',
      context: contextWith({ purpose: 'leave', replicaCount: 3 }),
      reason: /2 members would stay, fewer than the replica count 3/,
      node: 'n1',
    },
    {
      name: 'a node really runs with more replicas than the spec says',
      context: contextWith({ purpose: 'leave', nodes: { n2: serving('n2', { replicaCount: 3 }) } }),
      reason: /the replica count 3/,
      node: 'n1',
    },
    {
      name: 'a dead one is forgotten, and fewer would stay than there are replicas',
      context: contextWith({
        ...{ purpose: 'forget', members: ['n1', 'n2'], confirmedGone: ['n1'] },
        nodes: { n1: unreachableNode('n1'), n2: servingNode('n2', ['n2']) },
      }),
      reason: /1 members would stay, fewer than the replica count 2/,
      node: 'n1',
    },
  ],
  drained: [
    {
      name: 'clients are connected',
      context: contextWith({ nodes: { n1: serving('n1', { clients: 4 }) } }),
      reason: /4 clients/,
      node: 'n1',
    },
    {
      name: 'the broker does not tell',
      context: contextWith({ nodes: { n1: serving('n1', { clients: null }) } }),
      reason: /does not tell/,
      node: 'n1',
    },
    {
      name: 'clients are connected to a node that leaves',
      context: contextWith({ purpose: 'leave', nodes: { n1: serving('n1', { clients: 1 }) } }),
      reason: /1 clients/,
      node: 'n1',
    },
  ],
  'single-recovery-start': [
    { name: 'others run', context: contextWith({ purpose: 'recovery' }), reason: /n2, n3 already run/, node: 'n1' },
  ],
  'data-kept': [
    {
      name: 'the member runs alone',
      context: contextWith({ members: ['n1'] }),
      reason: /no other member holds the data/,
      node: 'n1',
    },
    {
      name: 'the other member is down',
      context: contextWith({
        members: ['n1', 'n2'],
        nodes: { n1: servingNode('n1', ['n1']), n2: stoppedNode('n2') },
      }),
      reason: /no other member/,
      node: 'n1',
      also: ['max-unavailable'],
    },
    {
      name: 'a dead one is given up, and another is down that may have the only other replica',
      context: contextWith({
        ...{ purpose: 'forget', members: ['n1', 'n2', 'n3', 'n4'], confirmedGone: ['n1'] },
        nodes: {
          ...{ n1: unreachableNode('n1'), n2: stoppedNode('n2') },
          ...{ n3: servingNode('n3', ['n3', 'n4']), n4: servingNode('n4', ['n3', 'n4']) },
        },
      }),
      reason: /^n1, n2 not serving, the replica count is 2/,
      node: 'n1',
    },
    {
      name: 'a dead one is given up, and a node really runs with one replica',
      context: contextWith({ purpose: 'forget', nodes: { ...withoutN1, n2: onlyOneReplica } }),
      reason: /^n1 not serving, the replica count is 1/,
      node: 'n1',
    },
    {
      name: 'a dead one is given up, and a broker says that data was lost',
      context: contextWith({ purpose: 'forget', nodes: { ...withoutN1, n3: complaining } }),
      reason: /^n3 says that data was lost: Not all replicas/,
      node: 'n1',
    },
  ],
  versions: [{ name: 'the product refuses', context: contextWith({ versionProblem: 'too far' }), reason: /^too far$/ }],
  disk: [
    {
      name: 'there is no room for twice the data',
      context: contextWith({
        nodes: { n1: serving('n1', { disk: { freeBytes: 5_999, dataBytes: 1_000, backupCopyBytes: 0 } }) },
      }),
      reason: /5999 bytes are free, 6000 are needed/,
      node: 'n1',
    },
    {
      name: 'any member lacks room, when none is named',
      context: contextWith({
        target: null,
        nodes: { n3: serving('n3', { disk: { freeBytes: 1, dataBytes: 0, backupCopyBytes: 0 } }) },
      }),
      reason: /1 bytes are free/,
      node: 'n3',
    },
  ],
  authentication: [
    {
      name: 'the product finds that two extensions decide about clients',
      context: contextWith({ authentication: { n1: null, n2: 'a and b are enabled' } }),
      reason: /^a and b are enabled$/,
      node: 'n2',
    },
  ],
  'really-gone': [
    {
      name: 'an unreachable member was not confirmed to be gone',
      context: contextWith({
        purpose: 'recovery',
        nodes: { n1: servingNode('n1', ['n1', 'n3']), n2: unreachableNode('n2'), n3: servingNode('n3', ['n1', 'n3']) },
      }),
      reason: /may be serving: connection timed out/,
      node: 'n2',
    },
    {
      name: 'it was confirmed, and a member still lists it',
      context: contextWith({ purpose: 'recovery', confirmedGone: ['n2'], nodes: { n2: unreachableNode('n2') } }),
      reason: /n1 still lists a member/,
      also: ['synchronized'],
    },
    {
      name: 'it was confirmed, and answers another host',
      context: contextWith({
        ...{ purpose: 'forget', confirmedGone: ['n1'], answering: { n1: 'SSH answers n2' } },
        nodes: { ...withoutN1, n1: unreachableNode('n1') },
      }),
      reason: /^is alive: SSH answers n2$/,
      node: 'n1',
    },
  ],
};

const judged = clusterCheckNames.filter((name) => name !== 'single-recovery-start');
const results = (name: ClusterCheckName, context: ClusterCheckContext) =>
  evaluateCheck(clusterChecks[name], context, []);
const fails = (name: ClusterCheckName, context: ClusterCheckContext) =>
  results(name, context).some((result) => result.status === 'fails');

describe('the checks of a cluster', () => {
  it('are declared under their own names, each with a meaning and a remedy', () => {
    expect(Object.keys(clusterChecks).sort()).toEqual([...clusterCheckNames].sort());
    for (const name of clusterCheckNames) {
      expect(clusterChecks[name].name).toBe(name);
      expect([clusterChecks[name].meaning, clusterChecks[name].remedy]).not.toContain('');
    }
  });

  it.each(judged)('%s holds for a healthy cluster', (name) => {
    expect(results(name, contextWith()).map((result) => result.status)).toEqual(['holds']);
  });

  describe.each(clusterCheckNames)('%s', (name) => {
    it.each(failing[name])('fails, alone, when $name', ({ context, reason, node, also = [] }) => {
      const [result] = results(name, context);
      expect(result).toMatchObject({ check: name, status: 'fails', remedy: clusterChecks[name].remedy });
      expect(result?.reason).toMatch(reason);
      expect(result?.node).toBe(node);
      const others = judged.filter((other) => other !== name && fails(other, context));
      expect(others.sort()).toEqual([...also].sort());
    });

    it('is passed over by name with a reason, which is kept', () => {
      const context = failing[name][0]?.context ?? contextWith();
      const [result] = evaluateCheck(clusterChecks[name], context, [{ check: name, reason: 'I know' }]);
      expect(result).toMatchObject({ status: 'overridden' });
      expect(result?.reason).toMatch(/\(overridden: I know\)$/);
      const [other] = evaluateCheck(clusterChecks[name], context, [{ check: 'one-operation', reason: 'I know' }]);
      expect(other).toMatchObject({ status: 'fails' });
    });
  });

  it('lets a member down for any reason take a place only where more than one is allowed', () => {
    const four = ['n1', 'n2', 'n3', 'n4'];
    const seen = ['n1', 'n3', 'n4'];
    const nodes = {
      n2: stoppedNode('n2'),
      ...Object.fromEntries(seen.map((host) => [host, servingNode(host, seen)])),
    };
    const context = (replicaCount: number, maxUnavailable: number) =>
      contextWith({ members: four, nodes, replicaCount, maxUnavailable });
    expect(fails('max-unavailable', context(3, 2))).toBe(false);
    expect(fails('max-unavailable', context(3, 1))).toBe(true);
    expect(fails('max-unavailable', context(2, 2))).toBe(true);
  });

  it('takes a node away from busy others once one joined for its work', () => {
    const context = { ...contextWith(), surge: 'n2', facts: { cpu: { n1: 99, n2: 20, n3: 81 } } };
    expect(evaluateCheck(clusterChecks.headroom, context, [])).toMatchObject([
      { status: 'holds', reason: 'n2 joined to take over the work of the one that goes' },
    ]);
  });

  it('lets the node that is down itself be started again', () => {
    const nodes = {
      n1: stoppedNode('n1'),
      n2: servingNode('n2', ['n2', 'n3']),
      n3: servingNode('n3', ['n2', 'n3']),
    };
    expect(judged.filter((name) => fails(name, contextWith({ nodes })))).toEqual([]);
  });

  it('leaves clients where the policy lets them stay, and where the whole cluster is stopped', () => {
    const nodes = { n1: serving('n1', { clients: 4 }) };
    expect(fails('drained', contextWith({ nodes, clientsMayStay: true }))).toBe(false);
    expect(fails('drained', contextWith({ nodes, purpose: 'shutdown' }))).toBe(false);
  });

  it('starts a recovery where nothing runs', () => {
    const nodes = Object.fromEntries(members.map((host) => [host, stoppedNode(host)]));
    expect(fails('single-recovery-start', contextWith({ nodes, purpose: 'recovery' }))).toBe(false);
  });

  it('gives a dead node up whose data the others have, also after a loss that was recovered', () => {
    expect(judged.filter((name) => fails(name, contextWith({ purpose: 'forget', nodes: withoutN1 })))).toEqual([]);
    const nodes = { ...withoutN1, n3: complaining };
    expect(fails('data-kept', contextWith({ purpose: 'forget', nodes, recovered: true }))).toBe(false);
  });

  it('takes a confirmed node for gone once nobody lists it', () => {
    const nodes = {
      n1: servingNode('n1', ['n1', 'n3']),
      n2: unreachableNode('n2'),
      n3: servingNode('n3', ['n1', 'n3']),
    };
    expect(fails('really-gone', contextWith({ nodes, purpose: 'recovery', confirmedGone: ['n2'] }))).toBe(false);
  });
});

describe('independent nodes', () => {
  const alone = (host: string) => servingNode(host, [host]);
  const independent = (change: Partial<ClusterCheckContext> = {}) =>
    contextWith({
      clustered: false,
      replicaCount: 2,
      nodes: Object.fromEntries(members.map((host) => [host, alone(host)])),
      ...change,
    });

  it.each(['synchronized', 'max-unavailable', 'replicas', 'replica-count', 'data-kept'] as const)(
    '%s holds before a restart: each has its own data',
    (name) => {
      expect(results(name, independent()).map(({ status }) => status)).toEqual(['holds']);
    },
  );

  it('are not all restarted at once', () => {
    const nodes = { n1: alone('n1'), n2: stoppedNode('n2'), n3: alone('n3') };
    expect(results('max-unavailable', contextWith({ clustered: false, nodes }))[0]?.status).toBe('fails');
  });

  it('one may be down when two are allowed to be', () => {
    const nodes = { n1: alone('n1'), n2: stoppedNode('n2'), n3: alone('n3') };
    expect(results('max-unavailable', contextWith({ clustered: false, maxUnavailable: 2, nodes }))[0]?.status).toBe(
      'holds',
    );
  });

  it('none leaves with data that nobody takes over', () => {
    expect(results('data-kept', independent({ purpose: 'leave' }))[0]).toMatchObject({
      status: 'fails',
      node: 'n1',
      reason: 'it is an independent broker: nobody takes over what it holds',
    });
  });

  it('one that is not ready by its own log is waited for', () => {
    const nodes = { n1: alone('n1'), n2: { ...alone('n2'), synchronizing: 'join' as const }, n3: alone('n3') };
    expect(results('synchronized', contextWith({ clustered: false, nodes }))[0]?.status).toBe('fails');
  });
});
