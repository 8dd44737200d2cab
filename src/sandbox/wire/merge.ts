import type { Queued, Retained, Session, Unit } from './records.js';

/** How many acknowledged message ids a session remembers, to recognize a repeated message. */
export const maxDelivered = 10_000;

/**
 * The session that goes on: the newer one. When it began without knowing of an earlier one (`createdAt` 0), as on the
 * small side of a cut network, it is that one's continuation and keeps its subscriptions.
 */
function mergeSessions(a: Session, b: Session): Session {
  const [winner, other] = b.version > a.version ? [b, a] : [a, b];
  if (winner.deleted || other.deleted || winner.createdAt !== 0) return winner;
  const filters = new Set(winner.subscriptions.map(({ filter }) => filter));
  const missing = other.subscriptions.filter(({ filter }) => !filters.has(filter));
  return { ...winner, createdAt: other.createdAt, subscriptions: [...winner.subscriptions, ...missing] };
}

/** The queue of both copies in order, without what was delivered. */
function union(a: readonly Queued[], b: readonly Queued[], delivered: ReadonlySet<string>): Queued[] {
  const byId = new Map<string, Queued>();
  for (const message of [...a, ...b]) {
    const known = byId.get(message.id);
    if (known === undefined || message.release !== undefined) byId.set(message.id, message);
  }
  return [...byId.values()].filter((message) => !delivered.has(message.id)).sort((x, y) => x.seq - y.seq);
}

/**
 * Two copies of one session become one: the newer session wins, the queues are united. Messages from before a clean
 * start of the winner are dropped.
 */
export function mergeUnits(a: Unit, b: Unit): Unit {
  const session = mergeSessions(a.session, b.session);
  if (session.deleted) return { session, queue: [], delivered: [] };
  const delivered = [...new Set([...a.delivered, ...b.delivered])].slice(-maxDelivered);
  const queue = union(a.queue, b.queue, new Set(delivered)).filter((m) => m.seq >= session.createdAt * 1000);
  return { session, queue, delivered };
}

/**
 * A unit from a backup joins what is there: the live session keeps its connection and expiry, gains the subscriptions it
 * lacks and the messages that it neither has nor had.
 */
export function importUnit(live: Unit | undefined, old: Unit, now: number): Unit {
  if (live === undefined || live.session.deleted) {
    const version = Math.max(now, (live?.session.version ?? 0) + 1);
    const session = { ...old.session, version, connectedTo: undefined, connection: undefined, disconnectedAt: now };
    return { ...old, session };
  }
  const filters = new Set(live.session.subscriptions.map((subscription) => subscription.filter));
  const missing = old.session.subscriptions.filter((subscription) => !filters.has(subscription.filter));
  const session = {
    ...live.session,
    version: Math.max(now, live.session.version + 1),
    createdAt: Math.min(live.session.createdAt, old.session.createdAt),
    subscriptions: [...live.session.subscriptions, ...missing],
  };
  return { session, queue: union(live.queue, old.queue, new Set(live.delivered)), delivered: live.delivered };
}

export function mergeRetained(a: Retained, b: Retained): Retained {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return a.id >= b.id ? a : b;
}
