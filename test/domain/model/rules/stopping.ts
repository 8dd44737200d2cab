import { shieldOf } from '../../../../src/domain/spec/index.js';
import type { ModelEvent } from '../events.js';
import { members } from '../world.js';
import { leastReplicas, type View } from './view.js';

/** The safety rules on a broker that begins to stop by a plan, from the design: 2, 3, 4, 5 and 7. */
export function brokenByStop(event: ModelEvent, view: View): string[] {
  if (event.type !== 'stopping' || event.purpose === 'shutdown') return [];
  const { world, spec } = view;
  const { cluster } = world;
  const { host } = event;
  const node = cluster.node(host);
  const others = members(world).filter((other) => other !== host);
  const down = others.filter((other) => cluster.node(other).phase === 'off');
  const busy = others.filter((other) => ['joining', 'leaving'].includes(cluster.node(other).phase));
  const allowed =
    leastReplicas(view) > 1
      ? Math.min(spec.policy.maxUnavailable, leastReplicas(view) - 1)
      : spec.policy.maxUnavailable;
  const drains = spec.policy.drain.order === 'before-stop' && spec.policy.drain.onTimeout !== 'stop-anyway';
  const { clustered } = cluster.shape;
  const say = (broken: boolean, text: string): string[] => (broken ? [text] : []);
  return [
    ...say(down.length + 1 > allowed, `max-unavailable: ${host} is stopped while ${down.join(', ')} is down`),
    ...say(busy.length > 0, `synchronized: ${host} is stopped while ${busy.join(', ')} joins or leaves`),
    ...say(cluster.replicating > 0, `synchronized: ${host} is stopped while the others replicate`),
    ...say(node.phase !== 'up', `synchronized: ${host} is stopped while it is ${node.phase}`),
    ...say(drains && node.clients > 0, `drained: ${host} is stopped with ${node.clients} clients`),
    ...say(shieldOf(spec) !== 'none' && node.gate === 'open', `drained: ${host} is stopped with its gate open`),
    ...say(clustered && others.length === down.length, `data-kept: ${host} is stopped and runs alone`),
    ...say(
      event.purpose === 'leave' && clustered && others.length < leastReplicas(view),
      `replicas: ${others.length} stay when ${host} leaves`,
    ),
    ...say(event.purpose === 'leave' && !clustered, `data-kept: ${host} is independent and leaves`),
    ...say(event.purpose === 'leave' && !spec.policy.allowDecommission, `${host} leaves and policy forbids it`),
  ];
}
