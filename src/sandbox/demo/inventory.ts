import type { BrokerView, Endpoint, OfflineSession, ResumedSession } from '../fleet/index.js';
import { readRetained } from '../fleet/index.js';

/** The persistent items that the demo made and knows by name. */
export interface Possessions {
  readonly sessions: readonly OfflineSession[];
  /** Payload by topic. */
  readonly retained: ReadonlyMap<string, string>;
}

/** How many of the items are there. */
export interface Inventory {
  readonly sessions: number;
  readonly retained: number;
  readonly queued: number;
}

/** What is in the report for one kind of item. */
export interface RecoveryCounts {
  readonly before: number;
  readonly missingAfterDisaster: number;
  readonly after: number;
}

/** Counts what is there by the brokers' lists and by a new subscriber, without touching the sessions. */
export async function takeInventory(
  { sessions, retained }: Possessions,
  view: BrokerView,
  endpoint: Endpoint,
): Promise<Inventory> {
  const known = new Set(await view.clients());
  const there = sessions.filter(({ client }) => known.has(client));
  let queued = 0;
  for (const { client } of there) queued += (await view.queueSize(client)) ?? 0;
  return { sessions: there.length, retained: right(retained, await readRetained(endpoint)), queued };
}

/** Counts what the clients themselves find when they come back: the sessions, and each queued message by its number. */
export async function finalInventory(
  { sessions, retained }: Possessions,
  resumed: readonly ResumedSession[],
  endpoint: Endpoint,
): Promise<Inventory & { readonly repeated: number }> {
  let queued = 0;
  for (const session of sessions) {
    const found = resumed.find(({ client }) => client === session.client);
    queued += session.queued.filter((number) => found?.received.includes(number) === true).length;
  }
  return {
    sessions: resumed.filter(({ sessionPresent }) => sessionPresent).length,
    retained: right(retained, await readRetained(endpoint)),
    queued,
    repeated: resumed.reduce((sum, { repeated }) => sum + repeated, 0),
  };
}

function right(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): number {
  return [...expected].filter(([topic, payload]) => found.get(topic) === payload).length;
}

export function recoveryCounts(
  before: Inventory,
  afterDisaster: Inventory,
  after: Inventory,
): Record<keyof Inventory, RecoveryCounts> {
  const counts = (kind: keyof Inventory): RecoveryCounts => ({
    before: before[kind],
    missingAfterDisaster: before[kind] - afterDisaster[kind],
    after: after[kind],
  });
  return { sessions: counts('sessions'), retained: counts('retained'), queued: counts('queued') };
}
