import { compareVersions, parseVersion } from '../../../../src/domain/spec/version.js';
import { product } from '../../support/specs.js';
import { inService } from '../data.js';
import type { ModelEvent } from '../events.js';
import { members } from '../world.js';
import type { View } from './view.js';

/** The safety rules on a node that is made ready and started: 5, 6 and 8, and that others know whom to expect. */
export function brokenByStart(event: ModelEvent, view: View): string[] {
  if (event.type === 'configured') return versionsBroken(event.host, event.version, view);
  if (event.type !== 'starting') return [];
  const { world, spec, operation } = view;
  const { cluster } = world;
  const { host, mode } = event;
  const node = cluster.node(host);
  const known = members(world);
  const running = cluster.hosts('up', 'leaving', 'joining').filter((other) => other !== host);
  const untold = known.filter((other) => other !== host && !cluster.node(other).told.includes(host));
  const { clustered } = cluster.shape;
  const say = (broken: boolean, text: string): string[] => (broken ? [text] : []);
  const hidden = mode === 'run' ? onlyIn(host, view) : [];
  return [
    ...say(
      operation !== 'recoverCluster' && node.configured !== node.current,
      `${host} is started and was not configured`,
    ),
    ...say(
      clustered && !known.includes(host) && product.membersInFiles(spec) && untold.length > 0,
      `${host} joins before ${untold.join(', ')} was told`,
    ),
    ...say(clustered && mode === 'recovery' && running.length > 0, `single-recovery-start: ${running.join(', ')} run`),
    ...say(!clustered && mode === 'run', `data-kept: ${host} is independent and starts without its data`),
    ...say(
      clustered && known.length === 0 && running.length > 0 && cluster.hosts('up').length === 0,
      `${host} and ${running.join(', ')} are the first nodes at once`,
    ),
    ...say(hidden.length > 0, `data-kept: ${host} starts and ${hidden.join(', ')} were nowhere else`),
  ];
}

/** Items that lie in this node's data folder and nowhere from where they would come back. */
function onlyIn(host: string, { world: { cluster } }: View): string[] {
  const served = inService(cluster);
  const elsewhere = [...cluster.nodes].flatMap(([other, { data, kept }]) => [
    ...(other === host ? [] : data),
    ...kept.filter(({ reason }) => reason.startsWith('recovery-')).flatMap(({ items }) => items),
  ]);
  return [...cluster.node(host).data].filter((item) => !served.has(item) && !elsewhere.includes(item));
}

function versionsBroken(host: string, version: string, { world }: View): string[] {
  const { cluster } = world;
  const others = members(world).filter((other) => other !== host && cluster.node(other).phase !== 'off');
  const running = others.flatMap((other) => cluster.node(other).version ?? []);
  const before = parseVersion(cluster.node(host).version ?? version);
  const wanted = parseVersion(version);
  if (before === null || wanted === null) return [`versions: ${version} is no version`];
  return [
    ...(compareVersions(wanted, before) < 0 && !running.includes(version)
      ? [`versions: ${host} goes back to ${version}, which nobody runs`]
      : []),
    ...(new Set([...running, version]).size > 2 ? [`versions: ${host} makes three of ${running.join(', ')}`] : []),
  ];
}
