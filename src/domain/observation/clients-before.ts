/** Clients as they were counted right before a node stopped; no client by name. */
interface ClientsBefore {
  /** On the node that stopped. */
  readonly node: number;
  /** On the other members together. */
  readonly others: number;
}

/** Share of a stopped node's clients that need not be seen again: some never come back, such as those without a session. */
const lostShare = 0.05;

/** Clients that the other members must have for those of the stopped node to count as moved; one at least may stay away. */
export function clientsWanted({ node, others }: ClientsBefore): number {
  return others + node - Math.max(node > 0 ? 1 : 0, Math.floor(node * lostShare));
}

/**
 * What is still awaited after a stop, in one line; null: nothing.
 * @param now clients on the other members together
 */
export function clientsAwaited(before: ClientsBefore, now: number): string | null {
  const wanted = clientsWanted(before);
  if (now >= wanted) return null;
  const moved = Math.max(0, now - before.others);
  return `${moved} of ${before.node} clients seen elsewhere, ${wanted - now} more are awaited`;
}
