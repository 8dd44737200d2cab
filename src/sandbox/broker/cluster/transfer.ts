import type { DataStore } from '../store/data-store.js';
import type { Retained, Unit } from '../../wire/records.js';
import type { Amount, Offered } from './calls.js';
import { offer, push } from './calls.js';
import { done, type Handlers } from './channel.js';
import type { Peers } from './peers.js';
import { retainedKey, sessionKey } from './placement.js';
import type { Placement } from './view.js';

/** The largest number of items, and about the most bytes, in one request. */
const batch = { items: 200, bytes: 512 * 1024 };

interface Parcel extends Offered {
  unit?: () => Unit;
  retained?: Retained;
}

export interface Move {
  self: string;
  next: Placement;
  previous: Placement | undefined;
  /** The view that each taking part is in: only members of one view know what the others of it hold. */
  views: Readonly<Record<string, string>>;
}

/**
 * Which nodes still need a copy from this one. A node of the same view that already owned the item has it; of several
 * owners only the first one that takes part sends.
 */
function receivers(key: string, { self, next, previous, views }: Move): string[] {
  const own = views[self];
  const holders = (previous?.owners(key) ?? []).filter((id) => views[id] !== undefined && views[id] === own);
  if (holders.includes(self) && holders[0] !== self) return [];
  return next.owners(key).filter((id) => id !== self && !holders.includes(id));
}

function parcels(store: DataStore, plan: Move): Map<string, Parcel[]> {
  const byNode = new Map<string, Parcel[]>();
  const add = (key: string, parcel: Parcel): void => {
    for (const id of receivers(key, plan)) byNode.set(id, [...(byNode.get(id) ?? []), parcel]);
  };
  for (const [clientId, entry] of store.sessions) {
    const parcel: Parcel = { kind: 'session', key: clientId, digest: entry.digest(), unit: () => entry.toUnit() };
    add(sessionKey(clientId), parcel);
  }
  for (const [topic, retained] of store.retained) {
    add(retainedKey(topic), { kind: 'retained', key: topic, digest: `${retained.version} ${retained.id}`, retained });
  }
  return byNode;
}

function chunks(items: readonly Parcel[]): Parcel[][] {
  const result: Parcel[][] = [];
  for (let from = 0; from < items.length; from += batch.items) result.push(items.slice(from, from + batch.items));
  return result;
}

async function send(peers: Peers, id: string, items: readonly Parcel[]): Promise<Amount> {
  const question = { items: items.map(({ kind, key, digest }) => ({ kind, key, digest })) };
  const { wanted } = await peers.request(id, offer, question);
  const sent: Amount = { items: 0, bytes: 0 };
  let load: { units: Unit[]; retained: Retained[] } = { units: [], retained: [] };
  let size = 0;
  const flush = async (): Promise<void> => {
    if (load.units.length + load.retained.length === 0) return;
    const full = load;
    sent.bytes += size;
    load = { units: [], retained: [] };
    size = 0;
    await peers.request(id, push, full);
  };
  for (const parcel of wanted.map((index) => items[index])) {
    const unit = parcel?.unit?.();
    if (unit) load.units.push(unit);
    if (parcel?.retained) load.retained.push(parcel.retained);
    size += JSON.stringify(unit ?? parcel?.retained ?? '').length;
    sent.items += 1 + (unit?.queue.length ?? 0);
    if (size >= batch.bytes) await flush();
  }
  await flush();
  return sent;
}

/** Brings every item that this node holds to the owners of the next view that lack it. */
export async function moveItems(store: DataStore, peers: Peers, plan: Move): Promise<Amount> {
  const total: Amount = { items: 0, bytes: 0 };
  const work = [...parcels(store, plan)].map(async ([id, items]) => {
    for (const chunk of chunks(items)) {
      const sent = await send(peers, id, chunk);
      total.items += sent.items;
      total.bytes += sent.bytes;
    }
  });
  await Promise.all(work);
  return total;
}

/** Forgets what other nodes own in this view. A node that is not in the view keeps what it has on disk. */
export function dropForeign(store: DataStore, placement: Placement, self: string): void {
  if (!placement.view.members.some((member) => member.id === self)) return;
  for (const clientId of store.sessions.keys()) {
    if (!placement.owners(sessionKey(clientId)).includes(self)) store.dropSession(clientId);
  }
  for (const topic of store.retained.keys()) {
    if (!placement.owners(retainedKey(topic)).includes(self)) store.dropRetained(topic);
  }
}

/** Answers offers and takes what is pushed. */
export function serveTransfer(handlers: Handlers, store: DataStore): void {
  const held = (item: Offered): string | undefined => {
    if (item.kind === 'session') return store.sessions.get(item.key)?.digest();
    const retained = store.retained.get(item.key);
    return retained && `${retained.version} ${retained.id}`;
  };
  handlers.on(offer, ({ items }) => ({
    wanted: items.flatMap((item, index) => (held(item) === item.digest ? [] : [index])),
  }));
  handlers.on(push, ({ units, retained }) => {
    for (const unit of units) store.apply({ kind: 'unit', unit });
    for (const item of retained) store.apply({ kind: 'retained', retained: item });
    return done;
  });
}
