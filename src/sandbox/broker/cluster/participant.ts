import type { DataStore } from '../store/data-store.js';
import { abort, type Amount, type ChangeKind, commit, freeze, move } from './calls.js';
import { done, type Handlers, Refused } from './channel.js';
import type { Gate } from './gate.js';
import type { Peers } from './peers.js';
import { dropForeign, moveItems, serveTransfer } from './transfer.js';
import { Placement, type View } from './view.js';

/** How long a frozen node waits for a coordinator that it cannot reach, in milliseconds. */
const orphanedAfter = 3000;

export interface ChangeEvents {
  /** A change in which this node's view is not the coordinator's begins. */
  changing(kind: ChangeKind, by: string): void;
  moved(amount: Amount): void;
  committed(view: View, kind: ChangeKind): void;
  aborted(): void;
}

/** A node's part in a view change: stop data operations, hand over items, switch, forget what others own. */
export class Participant {
  private change: { token: string; by: string; since: number } | undefined;

  constructor(
    private readonly self: string,
    private readonly store: DataStore,
    private readonly gate: Gate,
    private readonly peers: Peers,
    private readonly events: ChangeEvents,
  ) {
    setInterval(() => this.thawOrphan(), 500).unref();
  }

  get isChanging(): boolean {
    return this.change !== undefined;
  }

  serve(handlers: Handlers): void {
    serveTransfer(handlers, this.store);
    handlers.on(freeze, (question) => this.freeze(question.token, question.by, question.kind));
    handlers.on(move, (question) => this.move(question));
    handlers.on(commit, ({ token, view, kind }) => this.commit(token, view, kind));
    handlers.on(abort, ({ token }) => this.abort(token));
  }

  private reaches(id: string): boolean {
    return id === this.self || this.peers.isConnected(id);
  }

  private thawOrphan(): void {
    if (!this.change) return;
    if (this.reaches(this.change.by)) this.change.since = performance.now();
    else if (performance.now() - this.change.since > orphanedAfter) this.abort(this.change.token);
  }

  async freeze(token: string, by: string, kind: ChangeKind): Promise<Amount & { viewId: string; number: number }> {
    const other = this.change !== undefined && this.change.by !== by && this.reaches(this.change.by);
    if (other) throw new Refused('busy');
    this.change = { token, by, since: performance.now() };
    this.events.changing(kind, by);
    await this.gate.freeze();
    this.mustBe(token);
    return { viewId: this.gate.view?.id ?? '', number: this.gate.view?.number ?? 0, ...this.store.size() };
  }

  private mustBe(token: string): void {
    if (this.change?.token !== token) throw new Refused('stale', 'another view change began');
  }

  async move({
    token,
    members,
    views,
  }: {
    token: string;
    members: View['members'];
    views: Record<string, string>;
  }): Promise<Amount> {
    this.mustBe(token);
    const next = new Placement({ id: token, number: 0, members });
    const amount = await moveItems(this.store, this.peers, {
      self: this.self,
      next,
      previous: this.gate.placement,
      views,
    });
    this.mustBe(token);
    this.events.moved(amount);
    return amount;
  }

  commit(token: string, view: View, kind: ChangeKind): typeof done {
    this.mustBe(token);
    this.change = undefined;
    this.gate.open(view);
    if (this.gate.placement) dropForeign(this.store, this.gate.placement, this.self);
    this.events.committed(view, kind);
    return done;
  }

  abort(token: string): typeof done {
    if (this.change?.token !== token) return done;
    this.change = undefined;
    this.gate.open();
    this.events.aborted();
    return done;
  }
}
