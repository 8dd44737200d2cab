import { setTimeout as sleep } from 'node:timers/promises';
import { retainedKey, sessionKey } from '../cluster/placement.js';
import { done, type Handlers } from '../cluster/channel.js';
import {
  acknowledge,
  attach,
  bind,
  deliver,
  detach,
  disconnect,
  findRetained,
  listClients,
  lookUp,
  release,
  subscribe,
  takeOver,
  unsubscribe,
} from '../sessions/calls.js';
import type { DataPlane } from '../sessions/plane.js';
import { effective, toQueued } from '../sessions/publishing.js';
import { FilterIndex } from '../store/filter-index.js';
import type { Message, Queued, Retained, Subscription } from '../../wire/records.js';
import { type Connection, reason } from './connection.js';
import type { EventLog } from './event-log.js';
import type { Security } from '../security/security.js';
import { matchesFilter } from './topics.js';

/** How long a client that the broker disconnects may take to acknowledge what it was sent, in milliseconds. */
const ackTime = 300;

/** Part of the id of a retained message on its way to a new subscription; it is in no queue. */
const retainedMark = '-retained-';

/** The clients that are connected to this node, and what they ask of the cluster. */
export class Clients {
  private readonly connected = new Map<string, Connection>();
  private readonly passing = new FilterIndex();
  private readonly pendingAcks = new Map<string, string[]>();
  private readonly background = new Set<Promise<unknown>>();
  private lastTime = 0;

  constructor(
    private readonly plane: DataPlane,
    readonly maxSessionExpiry: number,
    readonly security: Pick<Security, 'admit'>,
    readonly events: EventLog,
  ) {}

  /** A time that never repeats on this node: two retained messages have an order. */
  clock(): number {
    this.lastTime = Math.max(Date.now(), this.lastTime + 0.001);
    return this.lastTime;
  }

  serve(handlers: Handlers): void {
    handlers.on(deliver, ({ clientId, connection, messages }) => {
      const target = this.connected.get(clientId);
      if (target?.id === connection) target.offer(messages);
      return done;
    });
    handlers.on(takeOver, ({ clientId, connection }) => {
      const older = this.connected.get(clientId);
      if (older && older.id !== connection) older.end(reason.sessionTakenOver, false);
      return done;
    });
    handlers.on(disconnect, async ({ clientId, preventWill }) => {
      const target = this.connected.get(clientId);
      if (target) await this.finish([target], ackTime);
      target?.end(reason.administrative, preventWill);
      return { found: target !== undefined };
    });
    handlers.on(lookUp, ({ clientId }) => {
      const entry = this.plane.store.sessions.get(clientId);
      const here = entry && !entry.session.deleted && this.plane.isPrimary(this.plane.placement, sessionKey(clientId));
      const connection = this.connected.get(clientId);
      return {
        session: here ? entry.session : undefined,
        queueSize: here ? entry.queue.size : 0,
        connection: connection?.facts(this.plane.self),
        subscriptions: here ? entry.session.subscriptions : (connection?.subscriptions ?? []),
      };
    });
    handlers.on(listClients, () => ({ ids: this.ids() }));
    handlers.on(findRetained, ({ filters }) => ({ retained: this.retainedHere(filters) }));
  }

  private ids(): string[] {
    const { store, placement } = this.plane;
    const sessions = [...store.sessions]
      .filter(([clientId, { session }]) => !session.deleted && this.plane.isPrimary(placement, sessionKey(clientId)))
      .map(([clientId]) => clientId);
    return [...new Set([...sessions, ...this.connected.keys()])];
  }

  private retainedHere(filters: readonly string[]): Retained[] {
    const { store, placement } = this.plane;
    return [...store.retained.values()].filter(
      (item) =>
        !item.deleted &&
        this.plane.isPrimary(placement, retainedKey(item.topic)) &&
        filters.some((filter) => matchesFilter(filter, item.topic)),
    );
  }

  /** Lets the connections finish what they have begun. */
  private async finish(connections: readonly Connection[], limit: number): Promise<void> {
    for (const connection of connections) connection.quiesce();
    const until = performance.now() + limit;
    while (connections.some((one) => one.unfinished > 0) && performance.now() < until) await sleep(10);
  }

  /** Waits for what clients that are gone have left to do: wills, acknowledgements, the end of their connection. */
  private async settle(limit: number): Promise<void> {
    const until = performance.now() + limit;
    while (this.background.size > 0 && performance.now() < until) await sleep(10);
  }

  private later(work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work.catch(() => undefined).finally(() => this.background.delete(tracked));
    this.background.add(tracked);
  }

  async attach(connection: Connection, clean: boolean): Promise<{ present: boolean; queue: Queued[] }> {
    const { clientId } = connection;
    const older = this.connected.get(clientId);
    this.connected.set(clientId, connection);
    older?.end(reason.sessionTakenOver, false);
    const { self } = this.plane;
    await this.plane.askAll(takeOver, () => ({ clientId, connection: connection.id }));
    const answer = await this.plane.askPrimary(sessionKey(clientId), attach, (viewId) => ({
      viewId,
      clientId,
      clean,
      expiry: connection.expiry,
      node: self,
      connection: connection.id,
      at: Date.now(),
    }));
    connection.persistent = answer.persistent;
    return answer;
  }

  publish(message: Message): Promise<void> {
    return this.plane.route(message);
  }

  /** Gives a message to the connected clients that have no persistent session. */
  pass(message: Message): void {
    for (const clientId of this.passing.match(message.topic)) {
      const connection = this.connected.get(clientId);
      const how = connection && effective(message, clientId, connection.subscriptions);
      if (how) connection.offer([toQueued(message, how, this.clock() * 1000)]);
    }
  }

  acknowledged(connection: Connection, id: string): void {
    const { clientId } = connection;
    if (id.includes(retainedMark)) return;
    const pending = this.pendingAcks.get(clientId);
    if (pending) {
      pending.push(id);
      return;
    }
    this.pendingAcks.set(clientId, [id]);
    setImmediate(() => {
      const ids = this.pendingAcks.get(clientId) ?? [];
      this.pendingAcks.delete(clientId);
      this.later(this.plane.askPrimary(sessionKey(clientId), acknowledge, (viewId) => ({ viewId, clientId, ids })));
    });
  }

  async received({ clientId }: Connection, id: string, packetId: number): Promise<void> {
    await this.plane.askPrimary(sessionKey(clientId), release, (viewId) => ({ viewId, clientId, id, packetId }));
  }

  async subscribe(connection: Connection, subscriptions: Subscription[]): Promise<boolean[]> {
    const { clientId } = connection;
    if (connection.persistent) {
      const question = (viewId: string) => ({ viewId, clientId, subscriptions });
      return (await this.plane.askPrimary(sessionKey(clientId), subscribe, question)).known;
    }
    const filters = new Set(subscriptions.map((one) => one.filter));
    const known = subscriptions.map((one) => connection.subscriptions.some((old) => old.filter === one.filter));
    connection.subscriptions = [
      ...connection.subscriptions.filter((one) => !filters.has(one.filter)),
      ...subscriptions,
    ];
    this.passing.set(clientId, connection.subscriptions);
    return known;
  }

  async unsubscribe(connection: Connection, filters: string[]): Promise<boolean[]> {
    const { clientId } = connection;
    if (connection.persistent) {
      const question = (viewId: string) => ({ viewId, clientId, filters });
      return (await this.plane.askPrimary(sessionKey(clientId), unsubscribe, question)).known;
    }
    const known = filters.map((filter) => connection.subscriptions.some((one) => one.filter === filter));
    connection.subscriptions = connection.subscriptions.filter((one) => !filters.includes(one.filter));
    this.passing.set(clientId, connection.subscriptions);
    return known;
  }

  /** The retained messages for new subscriptions, from all nodes. */
  async retainedFor(subscriptions: readonly Subscription[]): Promise<Queued[]> {
    const filters = subscriptions.map((one) => one.filter);
    const answers = await this.plane.askAll(findRetained, () => ({ filters }));
    return answers.flatMap(({ retained }) =>
      retained.map((item) => {
        const wanted = subscriptions.filter((one) => matchesFilter(one.filter, item.topic));
        const qos = Math.min(item.qos, Math.max(0, ...wanted.map((one) => one.qos)));
        const ids = wanted.flatMap((one) => (one.id === undefined ? [] : [one.id]));
        const { topic, payload, expiresAt, properties } = item;
        // An id of its own: the message may also lie in the session's queue.
        const id = `${item.id}${retainedMark}${this.clock()}`;
        return {
          id,
          topic,
          payload,
          qos,
          retain: true,
          seq: 0,
          fingerprint: id,
          subscriptionIds: ids,
          expiresAt,
          properties,
          release: undefined,
        };
      }),
    );
  }

  /** A connection is over: its session is noted as offline, its will is published. */
  ended(connection: Connection, will: Message | undefined): void {
    const { clientId } = connection;
    const current = this.connected.get(clientId) === connection;
    if (current) {
      this.connected.delete(clientId);
      this.passing.set(clientId, []);
    }
    if (will) this.later(this.plane.route(will));
    if (!connection.persistent) return;
    const question = (viewId: string) => ({ viewId, clientId, connection: connection.id, expiry: connection.expiry });
    this.later(this.plane.askPrimary(sessionKey(clientId), detach, question));
  }

  /** After a view change: tells the nodes that are responsible now where the clients are. */
  rebind(): void {
    const { placement, self } = this.plane;
    if (!placement) return;
    const byNode = new Map<string, { clientId: string; connection: string; at: number }[]>();
    for (const [clientId, connection] of this.connected) {
      const primary = placement.primary(sessionKey(clientId));
      if (!connection.persistent || primary === undefined) continue;
      const entry = { clientId, connection: connection.id, at: connection.connectedAt.getTime() };
      byNode.set(primary, [...(byNode.get(primary) ?? []), entry]);
    }
    const viewId = placement.view.id;
    for (const [id, clients] of byNode) this.later(this.plane.ask(id, bind, { viewId, node: self, clients }));
  }

  /** Ends all connections at shutdown. */
  async endAll(): Promise<void> {
    const all = [...this.connected.values()];
    await this.finish(all, ackTime);
    for (const connection of all) connection.end(reason.serverShuttingDown, false);
    await this.settle(1000);
  }
}
