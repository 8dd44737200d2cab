import { HivekeeperError } from '../../../domain/errors/index.js';
import { MovedClients } from '../../../domain/products/hivemq/clients-moved.js';
import { createPace } from '../../../domain/products/hivemq/clients-pace.js';
import type { ClientDetails } from '../../../domain/products/hivemq/clients.js';
import type { DrainRequest, DrainResult, DrivenNode, Progress } from '../../ports/index.js';
import { allClients, clientDetails, disconnectClient, wholeListing } from './clients-api.js';
import type { Clock } from './clock.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { askHealth } from './health-api.js';
import { hostClockOffset } from './host-clock.js';
import { restOf, type RestApi } from './rest-api.js';

/** Milliseconds between two listings. */
const listEvery = 300;
/** Disconnects under way at once, so that the answers do not slow the pace. */
const parallel = 4;
/** Seconds of moving after which a sample of the moved clients is looked at, so that a rush back is noticed early. */
const sampleEvery = 10;
const sampleSize = 40;

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
  const rest = await restOf(dependencies, node.spec, self, progress.signal);
  const offset = await hostClockOffset(self, dependencies.clock, progress.signal);
  return new Drain(rest, dependencies.clock, node.name, health.view.nodeId, offset, request, progress).run();
}

class Drain {
  private readonly moved = new MovedClients();
  private readonly pace;
  private readonly deadline: number;
  private readonly underWay = new Set<Promise<void>>();
  private batch: string[] = [];
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
    this.pace = createPace(request.clientsPerSecond);
    this.deadline = clock.now() + request.timeout;
  }

  async run(): Promise<DrainResult> {
    for (;;) {
      const here = await wholeListing(this.name, () => this.round());
      await this.settled();
      if (here === 0) return { moved: this.moved.count, left: 0 };
      if (this.moved.sentBack)
        throw this.stalled(
          `${this.moved.returnedCount} of ${this.moved.count} moved clients came back within 10 s; something still sends them here`,
        );
      if (this.overdue()) return await this.giveUp();
      this.progress.report(`${this.name}: ${here} clients found in the last list, waiting until none is left`);
      await this.clock.sleep(listEvery, this.progress.signal);
    }
  }

  /** One listing; moves what is here. @returns how many were here */
  private async round(): Promise<number> {
    let here = 0;
    for await (const [id, details] of allClients(this.rest)) {
      if (details.nodeId !== this.nodeId) continue;
      here += 1;
      if (this.overdue()) break;
      if (this.moved.sight(id, this.sighting(details)) === 'ending') continue;
      await this.move(id, details);
    }
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
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.underWay.delete(call));
    this.underWay.add(call);
    this.progress.report(`${this.name}: ${this.moved.count} clients moved, ${this.request.clientsPerSecond} a second`);
    this.batch.push(id);
    if (this.batch.length >= this.request.clientsPerSecond * sampleEvery) await this.checkSample();
  }

  /** Looks whether clients that were moved a moment ago are here again, long before the list is read to its end. */
  private async checkSample(): Promise<void> {
    const step = Math.max(1, Math.floor(this.batch.length / sampleSize));
    const sample = this.batch.filter((_, index) => index % step === 0).slice(0, sampleSize);
    this.batch = [];
    const found = await Promise.all(sample.map(async (id) => [id, await clientDetails(this.rest, id)] as const));
    const back = found.filter(
      ([id, details]) => details?.nodeId === this.nodeId && this.moved.sight(id, this.sighting(details)) === 'back',
    );
    if (MovedClients.sampleSentBack(back.length, sample.length)) {
      throw this.stalled(
        `${back.length} of ${sample.length} moved clients that were looked at are back; something still sends them here`,
      );
    }
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
        `${left} clients are left after ${this.request.timeout / 1000} s, ${this.moved.count} were moved`,
      );
    }
    return { moved: this.moved.count, left };
  }

  private async settled(): Promise<void> {
    await Promise.all(this.underWay);
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private stalled(why: string): HivekeeperError {
    const details = { host: this.name, moved: this.moved.count, returned: this.moved.returnedCount };
    const message = `${this.name}: the drain stopped: ${why}. Close the way to this node, or see policy.drain, and run the operation again.`;
    return new HivekeeperError('DrainStalled', message, details);
  }
}
