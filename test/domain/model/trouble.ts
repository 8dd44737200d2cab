import fc from 'fast-check';
import { runs } from './node.js';
import { members, wanted, recordedSpec, type World } from './world.js';

/** What happens to hosts, brokers and clients, whatever operation runs. */
export const accidents = [
  'broker-crashes',
  'host-dies',
  'host-hides',
  'hosts-return',
  'backup-begins',
  'window-closes',
  'cpu-busy',
  'cpu-quiet',
  'settings-drift',
  'clients-come',
] as const;

/** What happens to the run of an operation and to the worker that runs its steps. */
export const mishaps = [
  'worker-dies-before',
  'worker-dies-after',
  'step-fails-before',
  'step-fails-after',
  'lease-lost',
  'continued-as-new',
  'pause',
  'resume',
  'cancel',
  'killed',
] as const;

type Accident = (typeof accidents)[number];
export type Mishap = (typeof mishaps)[number];

export interface Trouble {
  /** Tick of the run at which it happens. */
  readonly after: number;
  readonly what: Accident | Mishap;
  /** Chooses what it happens to. */
  readonly pick: number;
}

export const isMishap = (what: Trouble['what']): what is Mishap => mishaps.some((one) => one === what);

export function troublesOf(what: readonly Trouble['what'][], maxLength: number, latest = 60): fc.Arbitrary<Trouble[]> {
  const one = fc.record({ after: fc.nat({ max: latest }), what: fc.constantFrom(...what), pick: fc.nat({ max: 30 }) });
  return fc.array(one, { maxLength });
}

/** Lets it happen, and gives the host that it happened to, if one. */
export function befall(world: World, { what, pick }: Trouble): void {
  const { cluster } = world;
  const all = members(world);
  const serving = all.filter((host) => runs(cluster.node(host)));
  const chosen = serving[pick % Math.max(1, serving.length)];
  switch (what) {
    case 'broker-crashes':
      if (chosen !== undefined) cluster.crash(chosen);
      break;
    case 'host-dies':
      if (chosen === undefined) break;
      cluster.crash(chosen);
      cluster.node(chosen).reachable = false;
      break;
    case 'host-hides':
      if (chosen !== undefined) cluster.node(chosen).reachable = false;
      break;
    case 'hosts-return':
      for (const node of cluster.nodes.values()) node.reachable = true;
      break;
    case 'backup-begins':
      cluster.backup = 3 + (pick % 8);
      break;
    case 'window-closes':
      cluster.windowClosed = 3 + (pick % 8);
      break;
    case 'cpu-busy':
    case 'cpu-quiet':
      for (const node of cluster.nodes.values()) node.cpu = what === 'cpu-busy' ? 80 : 20;
      break;
    case 'clients-come': {
      const node = chosen === undefined ? null : cluster.node(chosen);
      if (node?.phase === 'up' && (node.gate === 'open' || !cluster.shape.shielded)) node.clients += 3;
      break;
    }
    case 'settings-drift': {
      const spec = recordedSpec(world);
      const node = chosen === undefined ? null : cluster.node(chosen);
      if (!node || !spec || chosen === undefined) break;
      const { restart, hot } = wanted(spec, chosen);
      node.items = { hot, restart: { ...restart, 'conf/config.xml': 'changed by hand' } };
      break;
    }
    default:
      break;
  }
}
