import fc from 'fast-check';
import { type ClusterSpec, shieldOf } from '../../../src/domain/spec/index.js';
import { recordOf } from '../support/nodes.js';
import { specWith, versions } from '../support/specs.js';
import { ModelCluster } from './cluster.js';
import { place } from './data.js';
import { wanted, type World } from './world.js';

export const hostNames = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'n10'];

/** A cluster that runs and is well, its policy, and how fast things are. */
export const setting = fc
  .record({
    hosts: fc.oneof(
      { weight: 3, arbitrary: fc.shuffledSubarray(hostNames, { minLength: 4, maxLength: 6 }) },
      { weight: 1, arbitrary: fc.shuffledSubarray(hostNames, { minLength: 7 }) },
    ),
    size: fc.nat({ max: 8 }),
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('static' as const, 'multicast' as const) },
      { weight: 1, arbitrary: fc.constant('independent' as const) },
    ),
    replicaCount: fc.integer({ min: 2, max: 3 }),
    maxUnavailable: fc.integer({ min: 1, max: 2 }),
    shield: fc.constantFrom('load-balancer' as const, 'firewall' as const, 'none' as const),
    drain: fc.constantFrom('before-stop' as const, 'after-stop' as const, 'none' as const),
    onTimeout: fc.constantFrom('fail' as const, 'stop-anyway' as const, 'wait' as const),
    surge: fc.constantFrom('auto' as const, 'required' as const, 'never' as const),
    canary: fc.nat({ max: 2 }),
    soak: fc.constantFrom('0s', '30s'),
    windows: fc.nat({ max: 3 }).map((one) => one === 0),
    paces: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 12 }),
  })
  .map((given) => {
    const independent = given.kind === 'independent';
    // A spare is left, and enough stay that one node may go for good.
    const least = independent ? 2 : 3;
    const count = least + (given.size % Math.max(1, given.hosts.length - least));
    const replicaCount = Math.min(given.replicaCount, Math.max(2, count - 1));
    return {
      ...given,
      independent,
      // None takes over anything, so that none is asked to join first.
      surge: independent ? ('auto' as const) : given.surge,
      replicaCount,
      maxUnavailable: independent ? 1 : Math.min(given.maxUnavailable, replicaCount - 1),
      members: given.hosts.slice(0, count),
    };
  });
export type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

interface Change {
  readonly nodes?: number;
  readonly version?: string;
  readonly javaOptions?: string;
  readonly logLevel?: string;
}

const clusterKeys = {
  static: {},
  multicast: { transport: { type: 'udp' }, discovery: { type: 'multicast' } },
  independent: { enabled: false },
};

/** The file of a setting, perhaps changed. */
export function fileOf(given: Setting, change: Change = {}): ClusterSpec {
  const { hosts, drain, onTimeout, replicaCount, maxUnavailable, shield, surge, canary, soak } = given;
  const always = [{ cron: '0 2 * * *', timeZone: 'UTC', duration: '2h' }];
  const spec = specWith({
    ...{ hosts, drain, onTimeout, replicaCount, maxUnavailable, shield },
    nodes: change.nodes ?? given.members.length,
    version: change.version ?? versions[0],
    gate: shield === 'load-balancer',
    fencing: true,
    cluster: clusterKeys[given.kind],
    policy: { upgrade: { surge, canary, soak, rollback: 'automatic' } },
    windows: given.windows ? always : [],
    more: { ...(change.logLevel !== undefined && { logLevel: change.logLevel }) },
  });
  const { javaOptions } = change;
  return javaOptions === undefined ? spec : { ...spec, broker: { ...spec.broker, javaOptions } };
}

/** The world of a setting: `members` run and hold `items`; none where the cluster is still to be made. */
export function worldOf(given: Setting, members: readonly string[] = given.members): World {
  const spec = fileOf(given);
  const shape = {
    clustered: !given.independent,
    replicaCount: given.replicaCount,
    shielded: shieldOf(spec) !== 'none',
    paces: given.paces,
  };
  const cluster = new ModelCluster(given.hosts, shape);
  members.forEach((host, index) => {
    const [version] = versions;
    Object.assign(cluster.node(host), {
      ...{ phase: 'up', version, current: version, installed: [version], told: [...members], gate: 'open' },
      ...{ clients: 5, status: 'member', token: 1, started: 1, items: wanted(spec, host) },
      data: new Set(given.independent ? [`i${index}`] : []),
    });
  });
  const first = cluster.nodes.get(members[0] ?? '');
  if (first && !given.independent) {
    first.data = new Set(['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8']);
    place(cluster);
  }
  const record = { ...recordOf(members), spec: members.length > 0 ? { ...spec } : null };
  return { cluster, record, file: spec };
}
