import type { ModelCluster } from './cluster.js';

/** Persistent items that some running broker has. */
export function inService(cluster: ModelCluster): Set<string> {
  return new Set(cluster.hosts('up', 'leaving').flatMap((host) => [...cluster.node(host).data]));
}

/** Every item that still lies anywhere, on hosts that are off too. */
export function anywhere({ nodes }: ModelCluster): Set<string> {
  return new Set(
    [...nodes.values()].flatMap(({ data, copy, kept }) => [...data, ...copy, ...kept.flatMap((k) => k.items)]),
  );
}

/**
 * Each item lies in exactly `replicaCount` nodes, or in all where there are fewer; one that leaves keeps what it has. An
 * item that no running broker has is not brought back by anything.
 */
export function place(cluster: ModelCluster): void {
  const { clustered, replicaCount } = cluster.shape;
  const up = cluster.hosts('up').sort();
  if (!clustered || up.length === 0) return;
  const items = [...inService(cluster)];
  for (const host of up) cluster.node(host).data = new Set();
  for (const item of items)
    for (let copy = 0; copy < Math.min(replicaCount, up.length); copy++) {
      const host = up[(Number(item.slice(1)) + copy) % up.length];
      if (host !== undefined) cluster.node(host).data.add(item);
    }
}

/** Running holders of an item. */
export function holdersOf(cluster: ModelCluster, item: string): string[] {
  return cluster.hosts('up', 'leaving').filter((host) => cluster.node(host).data.has(item));
}
