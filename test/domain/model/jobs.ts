import fc from 'fast-check';
import { versions } from '../support/specs.js';
import { fileOf, type Setting, worldOf } from './arbitrary.js';
import type { Job, World } from './world.js';

/** Every operation that changes nodes, as somebody may ask for it. */
export const jobKinds = [
  'first-deploy',
  'deploy',
  'apply',
  'scale',
  'decommission',
  'upgrade',
  'rolling-restart',
  'restart-node',
  'replace-living',
  'replace-dead',
  'forget-dead',
  'add-extension',
  'add-restarting-extension',
  'log-level',
  'recover',
  'remove',
] as const;

/** What is refused, or ends with a node that went back. */
export const badKinds = ['bad-upgrade', 'forget-hidden', 'forget-one-of-two', 'leave-too-few'] as const;
export type JobKind = (typeof jobKinds)[number] | (typeof badKinds)[number];

export const anyJob = (kinds: readonly JobKind[] = jobKinds) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    pick: fc.nat({ max: 20 }),
    version: fc.constantFrom(...versions),
    javaOptions: fc.constantFrom(undefined, '-Xmx5g'),
    logLevel: fc.constantFrom(undefined, 'DEBUG'),
  });
export type AnyJob = ReturnType<typeof anyJob> extends fc.Arbitrary<infer T> ? T : never;

/** Needs others that take over, so it is for clusters alone. */
const clusteredOnly: readonly JobKind[] = [
  ...(['decommission', 'replace-living', 'replace-dead', 'forget-dead', 'recover'] as const),
  ...(['forget-hidden', 'forget-one-of-two', 'leave-too-few'] as const),
];

export const applies = ({ independent }: Setting, { kind }: AnyJob): boolean =>
  !independent || !clusteredOnly.includes(kind);

export interface Prepared {
  readonly world: World;
  readonly job: Job;
}

/** The world in which the job is asked for, and its input. */
export function prepare(given: Setting, wish: AnyJob): Prepared {
  const { kind, pick, version, javaOptions, logLevel } = wish;
  const world = worldOf(given, kind === 'first-deploy' ? [] : given.members);
  const count = given.members.length;
  const node = given.members[pick % count] ?? '';
  const more = count + (pick % (given.hosts.length - count + 1));
  const bring = (type: 'deployCluster' | 'applySpec'): Prepared => {
    const change = { nodes: more, version, ...(javaOptions && { javaOptions }), ...(logLevel && { logLevel }) };
    return { world: { ...world, file: fileOf(given, change) }, job: { type, input: {} } };
  };
  const ask = (type: Job['type'], input: Job['input'] = {}): Prepared => ({ world, job: { type, input } });
  const dead = (type: Job['type']): Prepared => {
    world.cluster.crash(node);
    settle(world);
    const isOff = pick % 2 === 0;
    world.cluster.node(node).reachable = !isOff;
    return ask(type, { node, ...(isOff && (pick % 4 === 0 ? { gone: [node] } : { fence: true })) });
  };
  switch (kind) {
    case 'first-deploy':
      return { world, job: { type: 'deployCluster', input: {} } };
    case 'deploy':
      return bring('deployCluster');
    case 'apply':
      return bring('applySpec');
    case 'scale':
      return ask('scaleCluster', { nodes: more });
    case 'decommission':
      return ask('decommissionNode', { node });
    case 'upgrade':
      return ask('rollingUpgrade', { version });
    case 'forget-hidden':
      world.cluster.node(node).reachable = false;
      return ask('forgetNode', { node, gone: [node] });
    case 'forget-one-of-two':
      world.cluster.crash(node);
      world.cluster.crash(given.members[(pick + 1) % count] ?? '');
      settle(world);
      return ask('forgetNode', { node });
    case 'leave-too-few':
      for (const other of given.members.filter((host) => host !== node).slice(given.replicaCount - 1))
        world.cluster.crash(other);
      settle(world);
      return leaving(world, node);
    case 'bad-upgrade': {
      const [, next] = versions;
      world.cluster.bad = { version: next, hosts: [node] };
      return ask('rollingUpgrade', { version: next });
    }
    case 'rolling-restart':
      return ask('rollingRestart', { reason: 'new limits' });
    case 'restart-node':
      return ask('restartNode', { node });
    case 'replace-living':
      return ask('replaceNode', { node });
    case 'replace-dead':
      return dead('replaceNode');
    case 'forget-dead':
      return dead('forgetNode');
    case 'add-extension':
    case 'add-restarting-extension':
      return ask('addExtension', {
        id: 'acme-audit',
        content: { stored: 'ab'.repeat(32) },
        supportsHotReload: kind === 'add-extension',
      });
    case 'log-level':
      return ask('setLogLevel', { level: 'DEBUG' });
    case 'recover':
      for (const host of given.members.slice(0, 1 + (pick % count))) world.cluster.crash(host);
      return ask('recoverCluster');
    case 'remove':
      return ask('removeCluster', { confirm: 'prod' });
  }
}

/** So few members that none may leave, all of them well. */
function leaving(world: World, node: string): Prepared {
  const { membership } = world.record;
  const left = membership.members.filter(({ host }) => world.cluster.node(host).phase === 'up');
  world.record = { ...world.record, membership: { ...membership, members: left, nodes: left.length } };
  for (const { host } of left) world.cluster.node(host).told = left.map((one) => one.host);
  return { world, job: { type: 'decommissionNode', input: { node } } };
}

/** Time goes by until nothing moves by itself any more. */
export function settle({ cluster }: World): void {
  for (let tick = 0; tick < 30; tick++) cluster.tick();
}
