import { done, type Handlers } from '../cluster/channel.js';
import { sessionKey } from '../cluster/placement.js';
import type { Placement } from '../cluster/view.js';
import type { Entry } from '../store/entry.js';
import type { Queued, Session } from '../../wire/records.js';
import {
  acknowledge,
  type Attach,
  attach,
  bind,
  deliver,
  detach,
  disconnect,
  endSession,
  release,
  subscribe,
  unsubscribe,
} from './calls.js';
import type { DataPlane } from './plane.js';

/** How long the marker of a deleted item is kept, in milliseconds. */
const markerLife = 10 * 60_000;

/** The operations on the sessions that this node is responsible for (the first of their owners). */
export class Sessions {
  constructor(
    private readonly plane: DataPlane,
    private readonly isAlive: (node: string) => boolean,
  ) {
    setInterval(() => void this.sweep(), 1000).unref();
  }

  serve(handlers: Handlers): void {
    const { plane } = this;
    handlers.on(attach, (question) => plane.during(question.viewId, (placement) => this.attach(placement, question)));
    handlers.on(bind, ({ viewId, node, clients }) =>
      plane.during(viewId, async (placement) => {
        for (const client of clients) await this.bind(placement, node, client);
        return done;
      }),
    );
    handlers.on(detach, ({ viewId, clientId, connection, expiry }) =>
      plane.during(viewId, async (placement) => {
        const entry = this.entry(clientId);
        if (entry?.session.connection === connection) await this.disconnected(placement, entry.session, expiry);
        return done;
      }),
    );
    handlers.on(subscribe, ({ viewId, clientId, subscriptions }) =>
      plane.during(viewId, async (placement) => {
        const before = this.entry(clientId)?.session.subscriptions ?? [];
        const fresh = new Set(subscriptions.map((one) => one.filter));
        await this.update(placement, clientId, {
          subscriptions: [...before.filter((one) => !fresh.has(one.filter)), ...subscriptions],
        });
        return { known: subscriptions.map((one) => before.some((old) => old.filter === one.filter)) };
      }),
    );
    handlers.on(unsubscribe, ({ viewId, clientId, filters }) =>
      plane.during(viewId, async (placement) => {
        const before = this.entry(clientId)?.session.subscriptions ?? [];
        await this.update(placement, clientId, {
          subscriptions: before.filter((one) => !filters.includes(one.filter)),
        });
        return { known: filters.map((filter) => before.some((one) => one.filter === filter)) };
      }),
    );
    handlers.on(acknowledge, ({ viewId, clientId, ids }) =>
      plane.during(viewId, async (placement) => {
        await plane.change(placement, [{ key: sessionKey(clientId), mutation: { kind: 'remove', clientId, ids } }]);
        return done;
      }),
    );
    handlers.on(release, ({ viewId, clientId, id, packetId }) =>
      plane.during(viewId, async (placement) => {
        const known = this.entry(clientId)?.queue.get(id);
        if (!known) return done;
        const message = { ...known, release: packetId };
        await plane.change(placement, [
          { key: sessionKey(clientId), mutation: { kind: 'enqueue', clientId, message } },
        ]);
        return done;
      }),
    );
    handlers.on(endSession, ({ viewId, clientId }) =>
      plane.during(viewId, async (placement) => {
        const entry = this.entry(clientId);
        if (entry) await this.end(placement, entry.session);
        return { existed: entry !== undefined };
      }),
    );
  }

  /** The session of a client, when it exists. */
  private entry(clientId: string): Entry | undefined {
    const entry = this.plane.store.sessions.get(clientId);
    return entry?.session.deleted ? undefined : entry;
  }

  private async put(placement: Placement, session: Session): Promise<void> {
    await this.plane.change(placement, [{ key: sessionKey(session.clientId), mutation: { kind: 'session', session } }]);
  }

  private async update(placement: Placement, clientId: string, change: Partial<Session>): Promise<void> {
    const entry = this.entry(clientId);
    if (!entry) return;
    const version = Math.max(Date.now(), entry.session.version + 1);
    await this.put(placement, { ...entry.session, ...change, version });
  }

  private async end(placement: Placement, session: Session): Promise<void> {
    const version = Math.max(Date.now(), session.version + 1);
    await this.put(placement, {
      ...session,
      subscriptions: [],
      connectedTo: undefined,
      connection: undefined,
      deleted: true,
      version,
    });
  }

  private async attach(
    placement: Placement,
    question: Attach,
  ): Promise<{ present: boolean; persistent: boolean; queue: Queued[] }> {
    const { clientId, clean, expiry, node, connection } = question;
    const known = this.entry(clientId);
    const resumed = known && !clean && !this.isExpired(known.session) ? known : undefined;
    if (known && !resumed) await this.end(placement, known.session);
    if (!resumed && expiry === 0) return { present: false, persistent: false, queue: [] };
    const now = Math.max(Date.now(), (this.plane.store.sessions.get(clientId)?.session.version ?? 0) + 1);
    // Without a trace of an earlier one, and not asked for a clean start, it may be that only a cut network hides it.
    const unaware = !clean && !this.plane.store.sessions.has(clientId);
    const base = resumed?.session ?? { clientId, createdAt: unaware ? 0 : Date.now(), subscriptions: [] };
    await this.put(placement, {
      ...base,
      expiry,
      version: now,
      connectedTo: node,
      connection,
      disconnectedAt: undefined,
      deleted: false,
    });
    const queue = this.entry(clientId)?.ordered() ?? [];
    return {
      present: resumed !== undefined,
      persistent: true,
      queue: queue.filter((message) => !expired(message.expiresAt)),
    };
  }

  private async bind(
    placement: Placement,
    node: string,
    client: { clientId: string; connection: string },
  ): Promise<void> {
    const { clientId, connection } = client;
    const entry = this.entry(clientId);
    if (!entry) return;
    if (entry.session.connection !== connection) {
      // Two member sets that merged may both have the client connected; the newer session record names the one that stays.
      const { connectedTo } = entry.session;
      if (connectedTo !== undefined && connectedTo !== node && this.isAlive(connectedTo)) {
        this.plane.tell(node, disconnect, { clientId, preventWill: true, ended: false });
        return;
      }
      await this.update(placement, clientId, { connectedTo: node, connection, disconnectedAt: undefined });
    }
    this.plane.tell(node, deliver, { clientId, connection, messages: entry.ordered() });
  }

  private async disconnected(placement: Placement, session: Session, expiry: number | undefined): Promise<void> {
    const lasts = expiry ?? session.expiry;
    if (lasts === 0) return this.end(placement, session);
    const change = { connectedTo: undefined, connection: undefined, disconnectedAt: Date.now(), expiry: lasts };
    await this.update(placement, session.clientId, change);
  }

  private isExpired(session: Session): boolean {
    if (session.disconnectedAt === undefined || session.expiry === 4_294_967_295) return false;
    return Date.now() > session.disconnectedAt + session.expiry * 1000;
  }

  /** Ends expired sessions, notes clients whose node is gone, forgets old markers. */
  private async sweep(): Promise<void> {
    const { placement, store } = this.plane;
    for (const [clientId, { session }] of store.sessions) {
      if (session.deleted) {
        if (Date.now() - session.version > markerLife) store.dropSession(clientId);
        continue;
      }
      const key = sessionKey(clientId);
      if (!placement || !this.plane.isPrimary(placement, key)) continue;
      const stranded = session.connectedTo !== undefined && !this.isAlive(session.connectedTo);
      if (!stranded && !this.isExpired(session)) continue;
      const run = (current: Placement): Promise<void> =>
        stranded ? this.disconnected(current, session, undefined) : this.end(current, session);
      await this.plane.during(placement.view.id, run).catch(() => undefined);
    }
    for (const [topic, item] of store.retained) {
      const old = item.deleted && Date.now() - item.version > markerLife;
      if (old || expired(item.expiresAt)) store.dropRetained(topic);
    }
  }
}

function expired(at: number | undefined): boolean {
  return at !== undefined && Date.now() > at;
}
