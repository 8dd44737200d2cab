import { askSelf, type Call, done, type Handlers, Refused } from '../cluster/channel.js';
import type { Gate } from '../cluster/gate.js';
import type { Peers } from '../cluster/peers.js';
import type { Placement } from '../cluster/view.js';
import type { DataStore } from '../store/data-store.js';
import type { Mutation } from '../store/mutations.js';
import type { Message } from '../../wire/records.js';
import { publish, replicate } from './calls.js';

/** How long an operation waits for another view before it is tried again, in milliseconds. */
const retryAfter = 75;

/** A change of one item, with the key that places it. */
export interface Change {
  key: string;
  mutation: Mutation;
}

/**
 * The way of data operations through the cluster: to the nodes that are responsible in the current view, again with the
 * same content after a view change. Operations recognize a repetition, so one that was cut off half-way does no harm.
 */
export class DataPlane {
  private stopped = false;

  constructor(
    readonly self: string,
    private readonly gate: Gate,
    private readonly peers: Peers,
    private readonly handlers: Handlers,
    readonly store: DataStore,
  ) {
    handlers.on(replicate, ({ viewId, mutations }) => {
      if (this.gate.view?.id !== viewId) throw new Refused('stale');
      for (const mutation of mutations) store.apply(mutation);
      return done;
    });
  }

  stop(): void {
    this.stopped = true;
  }

  ask<Q extends object, A>(id: string, kind: Call<Q, A>, question: Q): Promise<A> {
    return id === this.self ? askSelf(this.handlers, kind, question) : this.peers.request(id, kind, question);
  }

  tell<Q extends object, A>(id: string, kind: Call<Q, A>, question: Q): void {
    if (id === this.self) void askSelf(this.handlers, kind, question).catch(() => undefined);
    else this.peers.notify(id, kind, question);
  }

  /** Tries until it succeeds in one view. */
  async inView<T>(attempt: (placement: Placement) => Promise<T>): Promise<T> {
    for (;;) {
      const placement = await this.gate.current();
      try {
        return await attempt(placement);
      } catch (error) {
        if (!(error instanceof Refused) || error.reason === 'failed' || this.stopped) throw error;
        await this.gate.change(retryAfter);
      }
    }
  }

  /** Asks the node that is responsible for a key. */
  askPrimary<Q extends object, A>(key: string, kind: Call<Q, A>, question: (viewId: string) => Q): Promise<A> {
    return this.inView((placement) => {
      const primary = placement.primary(key);
      if (primary === undefined) throw new Refused('closed');
      return this.ask(primary, kind, question(placement.view.id));
    });
  }

  /** Asks every member. */
  askAll<Q extends object, A>(kind: Call<Q, A>, question: (viewId: string) => Q): Promise<A[]> {
    return this.inView((placement) =>
      Promise.all(placement.view.members.map((member) => this.ask(member.id, kind, question(placement.view.id)))),
    );
  }

  /** Carries an operation out on this node, in the view that it was meant for. */
  during<T>(viewId: string, operation: (placement: Placement) => Promise<T>): Promise<T> {
    return this.gate.during(viewId, operation);
  }

  /** Resolves when every session that subscribes to it has the message on all its replicas. */
  async route(message: Message): Promise<void> {
    await this.askAll(publish, (viewId) => ({ viewId, message }));
  }

  /** Makes changes durable here and on the other owners. */
  async change(placement: Placement, changes: readonly Change[]): Promise<void> {
    const byNode = new Map<string, Mutation[]>();
    for (const { key, mutation } of changes) {
      this.store.apply(mutation);
      for (const owner of placement.owners(key)) {
        if (owner !== this.self) byNode.set(owner, [...(byNode.get(owner) ?? []), mutation]);
      }
    }
    const viewId = placement.view.id;
    await Promise.all([...byNode].map(([id, mutations]) => this.peers.request(id, replicate, { viewId, mutations })));
  }

  isPrimary(placement: Placement | undefined, key: string): boolean {
    return placement?.primary(key) === this.self;
  }

  get placement(): Placement | undefined {
    return this.gate.placement;
  }
}
