import type { Handlers } from '../cluster/channel.js';
import { done } from '../cluster/channel.js';
import { retainedKey, sessionKey } from '../cluster/placement.js';
import type { Placement } from '../cluster/view.js';
import { matchesFilter } from '../mqtt/topics.js';
import type { Entry } from '../store/entry.js';
import type { Message, Queued, Retained, Subscription } from '../../wire/records.js';
import { deliver, publish } from './calls.js';
import type { Change, DataPlane } from './plane.js';

/** What a set of subscriptions makes of a message; undefined when none of them wants it. */
export function effective(
  message: Message,
  clientId: string,
  subscriptions: readonly Subscription[],
): Pick<Queued, 'qos' | 'retain' | 'subscriptionIds'> | undefined {
  const wanted = subscriptions.filter(
    (one) => matchesFilter(one.filter, message.topic) && !(one.nl && message.publisher === clientId),
  );
  if (wanted.length === 0) return undefined;
  return {
    qos: Math.min(message.qos, Math.max(...wanted.map((one) => one.qos))),
    retain: message.retain && wanted.some((one) => one.rap),
    subscriptionIds: wanted.flatMap((one) => (one.id === undefined ? [] : [one.id])),
  };
}

export function toQueued(
  message: Message,
  how: Pick<Queued, 'qos' | 'retain' | 'subscriptionIds'>,
  seq: number,
): Queued {
  const { id, topic, payload, fingerprint, expiresAt, properties } = message;
  return { id, topic, payload, fingerprint, expiresAt, properties, ...how, seq, release: undefined };
}

function toRetained(message: Message): Retained {
  const { id, topic, payload, qos, publishedAt, expiresAt, properties } = message;
  return { topic, id, payload, qos, version: publishedAt, deleted: payload === '', expiresAt, properties };
}

/** The part of a publish that concerns one node: its sessions' queues, its retained messages, its passing clients. */
export class Publishing {
  constructor(
    private readonly plane: DataPlane,
    private readonly maxQueueSize: number,
    private readonly passing: (message: Message) => void,
  ) {}

  serve(handlers: Handlers): void {
    handlers.on(publish, ({ viewId, message }) =>
      this.plane.during(viewId, async (placement) => {
        await this.take(placement, message);
        return done;
      }),
    );
  }

  private async take(placement: Placement, message: Message): Promise<void> {
    const changes: Change[] = [];
    const deliveries: { entry: Entry; queued: Queued }[] = [];
    for (const clientId of this.plane.store.filters.match(message.topic)) {
      const key = sessionKey(clientId);
      const entry = this.plane.store.sessions.get(clientId);
      if (!entry || !this.plane.isPrimary(placement, key)) continue;
      const how = effective(message, clientId, entry.session.subscriptions);
      const queued = how && this.queue(entry, message, how);
      if (!queued) continue;
      deliveries.push({ entry, queued });
      if (queued.qos > 0) changes.push({ key, mutation: { kind: 'enqueue', clientId, message: queued } });
    }
    const key = retainedKey(message.topic);
    if (message.retain && this.plane.isPrimary(placement, key)) {
      changes.push({ key, mutation: { kind: 'retained', retained: toRetained(message) } });
    }
    await this.plane.change(placement, changes);
    for (const { entry, queued } of deliveries) this.hand(entry, queued);
    this.passing(message);
  }

  /** The message as it goes into this queue; undefined when the session has or had it, or has no room. */
  private queue(
    entry: Entry,
    message: Message,
    how: Pick<Queued, 'qos' | 'retain' | 'subscriptionIds'>,
  ): Queued | undefined {
    if (how.qos === 0) return toQueued(message, how, 0);
    if (entry.delivered.has(message.id)) return undefined;
    // A client that repeats a publish after a lost connection gets it acknowledged, its subscribers do not get it twice.
    const earlier = message.duplicate ? entry.fingerprints.get(message.fingerprint) : undefined;
    const known = entry.queue.get(message.id) ?? (earlier === undefined ? undefined : entry.queue.get(earlier));
    if (known) return known;
    if (earlier !== undefined) return undefined;
    // The vendor's default strategy is DISCARD: a full queue takes nothing more.
    if (entry.queue.size >= this.maxQueueSize) return undefined;
    return toQueued(message, how, entry.nextSeq());
  }

  private hand({ session }: Entry, queued: Queued): void {
    const { clientId, connectedTo, connection } = session;
    if (connectedTo === undefined || connection === undefined) return;
    this.plane.tell(connectedTo, deliver, { clientId, connection, messages: [queued] });
  }
}
