import { readDataFolder } from '../../wire/folder.js';
import { maxDelivered, mergeRetained, mergeUnits } from '../../wire/merge.js';
import type { Retained, Session, Unit } from '../../wire/records.js';
import { FilterIndex } from './filter-index.js';
import { Entry } from './entry.js';
import { ItemFiles } from './files.js';
import type { Mutation } from './mutations.js';

/** How many deliveries are appended before a session's list is rewritten. */
const compactAfter = 2 * maxDelivered;

/** The items that this node owns a copy of: in memory, and in the data folder before a change is answered. */
export class DataStore {
  readonly sessions = new Map<string, Entry>();
  readonly retained = new Map<string, Retained>();
  readonly filters = new FilterIndex();
  private readonly appended = new Map<string, number>();
  private readonly files: ItemFiles;

  constructor(data: string) {
    this.files = new ItemFiles(data);
    const content = readDataFolder(data);
    for (const unit of content.units) this.insert(unit);
    for (const item of content.retained) this.retained.set(item.topic, item);
  }

  private insert(unit: Unit): void {
    this.filters.set(unit.session.clientId, unit.session.deleted ? [] : unit.session.subscriptions);
    this.sessions.set(unit.session.clientId, new Entry(unit.session, unit.queue, unit.delivered));
  }

  apply(mutation: Mutation): void {
    switch (mutation.kind) {
      case 'session': {
        this.putSession(mutation.session);
        return;
      }
      case 'enqueue': {
        const entry = this.sessions.get(mutation.clientId);
        if (!entry || entry.delivered.has(mutation.message.id)) return;
        this.files.putMessage(mutation.clientId, mutation.message);
        entry.put(mutation.message);
        return;
      }
      case 'remove': {
        this.remove(mutation.clientId, mutation.ids);
        return;
      }
      case 'retained': {
        const known = this.retained.get(mutation.retained.topic);
        const winner = known ? mergeRetained(known, mutation.retained) : mutation.retained;
        if (winner === known) return;
        this.files.putRetained(winner);
        this.retained.set(winner.topic, winner);
        return;
      }
      case 'unit': {
        this.mergeUnit(mutation.unit);
        return;
      }
    }
  }

  private putSession(session: Session): void {
    const entry = this.sessions.get(session.clientId);
    if (entry && entry.session.version > session.version) return;
    // A new beginning (clean start, deletion) takes the old queue with it.
    if (entry && (session.deleted || session.createdAt > entry.session.createdAt))
      this.files.dropQueue(session.clientId);
    this.files.putSession(session);
    if (entry && !session.deleted && session.createdAt <= entry.session.createdAt) {
      entry.session = session;
      entry.touch();
      this.filters.set(session.clientId, session.subscriptions);
    } else {
      this.insert({ session, queue: [], delivered: [] });
    }
  }

  private remove(clientId: string, ids: readonly string[]): void {
    const entry = this.sessions.get(clientId);
    if (!entry) return;
    const fresh = ids.filter((id) => !entry.delivered.has(id));
    this.files.addDelivered(clientId, fresh);
    for (const id of fresh) {
      entry.remove(id);
      this.files.removeMessage(clientId, id);
    }
    const appended = (this.appended.get(clientId) ?? 0) + fresh.length;
    this.appended.set(clientId, appended);
    if (appended < compactAfter) return;
    this.files.replaceDelivered(clientId, entry.delivered.values());
    this.appended.set(clientId, 0);
  }

  private mergeUnit(unit: Unit): void {
    const entry = this.sessions.get(unit.session.clientId);
    const merged = entry ? mergeUnits(entry.toUnit(), unit) : unit;
    const kept = new Set(merged.queue.map((message) => message.id));
    for (const id of entry?.queue.keys() ?? []) if (!kept.has(id)) this.files.removeMessage(unit.session.clientId, id);
    this.files.replaceDelivered(unit.session.clientId, merged.delivered);
    for (const message of merged.queue) {
      if (entry?.queue.get(message.id)?.release === message.release && entry?.queue.has(message.id)) continue;
      this.files.putMessage(unit.session.clientId, message);
    }
    this.files.putSession(merged.session);
    this.insert(merged);
  }

  /** Forgets a session that other nodes own now. */
  dropSession(clientId: string): void {
    this.sessions.delete(clientId);
    this.filters.set(clientId, []);
    this.files.dropSession(clientId);
  }

  dropRetained(topic: string): void {
    this.retained.delete(topic);
    this.files.dropRetained(topic);
  }

  /** A rough size of what is held, for the pace of a hand-over. */
  size(): { items: number; bytes: number } {
    let items = this.retained.size;
    let bytes = 0;
    for (const item of this.retained.values()) bytes += 200 + item.payload.length;
    for (const entry of this.sessions.values()) {
      items += 1 + entry.queue.size;
      bytes += 300 + 100 * entry.session.subscriptions.length;
      for (const message of entry.queue.values()) bytes += 250 + message.payload.length;
    }
    return { items, bytes };
  }
}
