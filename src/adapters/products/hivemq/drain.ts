import { HivekeeperError } from '../../../domain/errors/index.js';
import { MovedClients, soon } from '../../../domain/products/hivemq/clients-moved.js';
import { createPace } from '../../../domain/products/hivemq/clients-pace.js';
import type { ClientDetails } from '../../../domain/products/hivemq/clients.js';
import { DrainGoal } from '../../../domain/products/hivemq/drain-goal.js';
import type { DrainRequest, DrainResult, DrivenNode, Progress } from '../../ports/index.js';
import { allClients, clientDetails, clientIds, disconnectClient, wholeListing } from './clients-api.js';
import type { Clock } from './clock.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { askHealth } from './health-api.js';
import { hostClockOffset } from './host-clock.js';
import { KeptConnections } from './kept-connections.js';
import { restOf, type RestApi } from './rest-api.js';
import { type Returned, ReturnWatch } from './return-watch.js';

/** Milliseconds between two listings. */
const listEvery = 300;
/** Disconnects under way at once, so that the answers do not slow the pace. */
const parallel = 4;

/**
 * Moves a node's clients elsewhere: found by the cluster's list, disconnected at the asked pace, their sessions kept.
 * Ends when a fresh list has none on this node. @throws DrainStalled
 */
export async function drain(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  request: DrainRequest,
  progress: Progress,
): Promise<DrainResult> {
  const { self } = membersOf(node);
  const { running } = await dependencies.supervisor(node.spec).state(self.supervised);
  if (!running) return { moved: 0, left: 0 };
  const health = await askHealth(self, progress.signal);
  if (!health?.view) {
    const message = `${node.name}: the health API does not tell which node this is, so its clients cannot be found`;
    throw new HivekeeperError('ApiUnreachable', message, { host: node.name });
  }
  const offset = await hostClockOffset(self, dependencies.clock, progress.signal);
  const kept = new KeptConnections(self.host, progress.signal);
  try {
    const rest = await restOf(dependencies, node.spec, self, progress.signal, kept);
    return await new Drain(rest, dependencies.clock, node.name, health.view.nodeId, offset, request, progress).run();
  } finally {
    kept.close();
  }
}

/** One drain of a node whose broker runs; `drain` finds out what it needs. */
export class Drain {
  private readonly moved = new MovedClients();
  private readonly goal: DrainGoal;
  private readonly returns: ReturnWatch;
  private readonly pace;
  private readonly deadline: number;
  private readonly underWay = new Set<Promise<void>>();
  private look: Promise<void> = Promise.resolve();
  private looking = false;
  private returned: Returned | null = null;
  private ended = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly rest: RestApi,
    private readonly clock: Clock,
    private readonly name: string,
    private readonly nodeId: string,
    /** What is added to a time of the host to get ours, in milliseconds. */
    private readonly offset: number,
    private readonly request: DrainRequest,
    private readonly progress: Progress,
  ) {
    this.goal = new DrainGoal(name);
    this.returns = new ReturnWatch(this.moved, (id) => this.isBack(id));
    this.pace = createPace(() => this.perSecond);
    this.deadline = clock.now() + request.timeout;
  }

  async run(): Promise<DrainResult> {
    const counted = this.countKnown();
    try {
      return await this.untilNone();
    } finally {
      this.ended = true;
      await Promise.all([counted, this.look, ...this.underWay]);
    }
  }

  private async untilNone(): Promise<DrainResult> {
    for (;;) {
      const here = await wholeListing(this.name, () => this.round());
      await this.settled();
      if (here === 0) return { moved: this.moved.count, left: 0 };
      if (this.moved.sentBack) throw this.sentBack({ back: this.moved.returnedCount, of: this.moved.count });
      if (this.overdue()) return await this.giveUp();
      this.progress.report(`${this.name}: ${here} clients found in the last list, waiting until none is left`);
      await this.clock.sleep(listEvery, this.progress.signal);
    }
  }

  private get perSecond(): number {
    return this.request.rate?.() ?? this.request.clientsPerSecond;
  }

  /** For the goal alone: beside the work, and where the list cannot be read to its end the goal stays untold. */
  private async countKnown(): Promise<void> {
    try {
      this.goal.known = await wholeListing(this.name, async () => {
        let known = 0;
        for await (const _ of clientIds(this.rest)) {
          if (this.ended) return null;
          known += 1;
        }
        return known;
      });
    } catch {
      return;
    }
  }

  /** One listing; moves what is here. @returns how many were here */
  private async round(): Promise<number> {
    let here = 0;
    this.goal.begin();
    for await (const [id, details] of allClients(this.rest)) {
      const isHere = details.nodeId === this.nodeId;
      this.goal.look(isHere);
      if (!isHere) continue;
      here += 1;
      if (this.overdue()) return here;
      if (this.moved.sight(id, this.sighting(details)) === 'ending') continue;
      await this.move(id, details);
    }
    this.goal.end();
    return here;
  }

  private sighting({ connectedAt }: ClientDetails): { connectedAt: number | null; seenAt: number } {
    return { connectedAt: connectedAt === null ? null : connectedAt + this.offset, seenAt: this.clock.now() };
  }

  private async move(id: string, details: ClientDetails): Promise<void> {
    while (this.underWay.size >= parallel) await Promise.race(this.underWay);
    const wait = this.pace.take(this.clock.now()) - this.clock.now();
    if (wait > 0) await this.clock.sleep(wait, this.progress.signal);
    this.progress.signal.throwIfAborted();
    this.throwFailure();
    this.moved.add(id, this.clock.now(), this.sighting(details).connectedAt);
    const call = disconnectClient(this.rest, id, this.request.publishWills)
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.underWay.delete(call));
    this.underWay.add(call);
    this.progress.report(this.goal.line(this.moved.count, this.perSecond));
    this.watchReturns();
  }

  /** Beside the work, so that it does not slow the pace. */
  private watchReturns(): void {
    if (this.returned) throw this.sentBack(this.returned);
    if (this.looking) return;
    this.looking = true;
    this.look = this.returns
      .look(this.clock.now())
      .then((returned) => {
        this.returned = returned;
      })
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.looking = false;
      });
  }

  private async isBack(id: string): Promise<boolean> {
    if (this.ended) return false;
    const details = await clientDetails(this.rest, id);
    return details?.nodeId === this.nodeId && this.moved.sight(id, this.sighting(details)) === 'back';
  }

  private overdue(): boolean {
    return this.request.onTimeout !== 'wait' && this.clock.now() >= this.deadline;
  }

  private async giveUp(): Promise<DrainResult> {
    const left = await wholeListing(this.name, async () => {
      let count = 0;
      for await (const [, { nodeId }] of allClients(this.rest)) if (nodeId === this.nodeId) count += 1;
      return count;
    });
    if (left > 0 && this.request.onTimeout === 'fail') {
      throw this.stalled(
        `${left} clients are left after ${this.request.timeout / 1000} s, ${this.moved.count} were moved. Give it more time or a higher pace (policy.drain.timeout, policy.drain.clientsPerSecond), or see policy.drain.onTimeout`,
      );
    }
    return { moved: this.moved.count, left };
  }

  private async settled(): Promise<void> {
    await Promise.all([this.look, ...this.underWay]);
    this.throwFailure();
    if (this.returned) throw this.sentBack(this.returned);
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private sentBack({ back, of }: Returned): HivekeeperError {
    return this.stalled(
      `${back} of ${of} moved clients that were looked at came back within ${soon / 1000} s; something still sends them here. Close the way to this node at what sends them, or set policy.drain.shield: firewall`,
    );
  }

  private stalled(why: string): HivekeeperError {
    const details = { host: this.name, moved: this.moved.count, returned: this.moved.returnedCount };
    const message = `${this.name}: the drain stopped: ${why}, and run the operation again.`;
    return new HivekeeperError('DrainStalled', message, details);
  }
}
