/** A well-mixed 32-bit hash of a text (FNV-1a with the finalizer of MurmurHash3). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The nodes that own an item, the primary first: the `replicaCount` nodes with the highest weight for the key
 * (rendezvous hashing), so that a node that joins or leaves moves only what it gains or held. With fewer nodes than the
 * replica count all own it (HiveMQ documentation, "Cluster Replicas").
 */
export function ownersOf(key: string, nodes: readonly string[], replicaCount: number): string[] {
  return nodes
    .map((node) => ({ node, weight: hash(`${node} ${key}`) }))
    .sort((a, b) => b.weight - a.weight || (a.node < b.node ? -1 : 1))
    .slice(0, replicaCount)
    .map(({ node }) => node);
}

/** The key of a session, and of its queue. */
export function sessionKey(clientId: string): string {
  return `session ${clientId}`;
}

export function retainedKey(topic: string): string {
  return `retained ${topic}`;
}
