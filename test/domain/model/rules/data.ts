import { anywhere, holdersOf, inService } from '../data.js';
import type { ModelEvent } from '../events.js';
import { runs } from '../node.js';
import type { View } from './view.js';

/** Rule 6, and that no planned stop takes an item out of service. What fails by itself explains itself. */
export function brokenByData(event: ModelEvent, view: View): string[] {
  const { cluster } = view.world;
  if (event.type === 'stopped' && event.planned && event.lost.length > 0 && view.operation !== 'removeCluster') {
    // The others may have failed while it handed over: then it is not the stop that lost them.
    return cluster.shape.clustered && cluster.hosts('up').length > 0
      ? [`data-kept: ${event.lost.join(', ')} went with ${event.host}`]
      : [];
  }
  if (event.type === 'overwritten')
    return [`data-kept: the copy on ${event.host} is overwritten: ${event.items.join(', ')}`];
  if (event.type !== 'dropped' && event.type !== 'retired') return [];
  const node = cluster.node(event.host);
  const served = inService(cluster);
  const dropped = event.type === 'dropped' && cluster.shape.clustered;
  const alone = dropped ? [...node.data].filter((item) => !served.has(item)) : [];
  return [
    ...(runs(node) ? [`really-gone: ${event.host} is given up as it runs`] : []),
    ...(alone.length > 0
      ? [`data-kept: ${event.host} is given up with ${alone.join(', ')}, which no running broker has`]
      : []),
  ];
}

/** What must be true of the data at any moment. */
export function dataNow({ world }: View, items: readonly string[]): string[] {
  const { cluster } = world;
  const there = anywhere(cluster);
  const gone = items.filter((item) => !there.has(item));
  if (gone.length > 0) return [`data-kept: ${gone.join(', ')} is on no host any more`];
  const calm = cluster.replicating === 0 && cluster.hosts('joining', 'leaving').length === 0;
  if (!calm || !cluster.shape.clustered) return [];
  const copies = Math.min(cluster.shape.replicaCount, cluster.hosts('up').length);
  const thin = [...inService(cluster)].filter((item) => holdersOf(cluster, item).length < copies);
  return thin.length > 0 ? [`replicas: ${thin.join(', ')} have fewer than ${copies} copies`] : [];
}
