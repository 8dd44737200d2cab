import { condition, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { JournalEvent, LeaseDecision, RecordChange } from '../../domain/record/index.js';

type LeaseActivities = Pick<Activities, 'requestLease' | 'releaseLease' | 'reportChanges'>;
const { requestLease, releaseLease, reportChanges } = proxyLocalActivities<LeaseActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumInterval: '5 seconds', maximumAttempts: 30 },
});

/** How long an unanswered request is left alone before it is asked again: the record may have been restored meanwhile. */
const askAgainAfter = '30 seconds';

export interface HeldLease {
  readonly requestId: string;
  readonly token: number;
}

interface Wanted {
  readonly cluster: string;
  readonly operation: string;
  readonly onBusy: 'wait' | 'fail';
  readonly startsRecord: boolean;
}

/** An operation's side of the lease: asks, waits, releases. Grants that come before the answer is awaited are kept. */
export class LeaseClient {
  private decisions: LeaseDecision[] = [];
  private held: HeldLease | null = null;

  constructor(
    private readonly wanted: Wanted,
    private readonly onQueued: (behind: string, position: number) => void,
    private readonly cancelled: () => boolean,
  ) {}

  receive(decision: LeaseDecision): void {
    this.decisions.push(decision);
  }

  /**
   * Null when the operation is cancelled while it waits. With `requestId` a continued run takes its own lease over.
   * @throws HivekeeperError ClusterBusy, UnknownCluster
   */
  async acquire(requestId?: string): Promise<HeldLease | null> {
    const asked = await requestLease({ ...this.wanted, ...(requestId !== undefined && { requestId }) });
    for (;;) {
      const answered = await condition(() => this.cancelled() || this.hasAnswer(asked.requestId), askAgainAfter, {
        summary: `lease of ${this.wanted.cluster}`,
      });
      if (this.cancelled()) {
        await releaseLease({ cluster: this.wanted.cluster, requestId: asked.requestId });
        return null;
      }
      if (!answered) await requestLease({ ...this.wanted, requestId: asked.requestId });
      const lease = this.takeAnswer(asked.requestId, asked.runId);
      if (lease) return lease;
    }
  }

  /** Never fails an operation: what it did is done, and the record finds a dead holder by itself. */
  async release(ended: JournalEvent & { type: 'ended' }): Promise<void> {
    if (!this.held) return;
    const { requestId } = this.held;
    this.held = null;
    await releaseLease({ cluster: this.wanted.cluster, requestId, ended }).catch(() => undefined);
  }

  async report(changes: readonly RecordChange[]): Promise<void> {
    if (changes.length > 0) await reportChanges({ cluster: this.wanted.cluster, changes: [...changes] });
  }

  get requestId(): string {
    return this.held?.requestId ?? 'none';
  }

  /** The lease is known to be lost: the next `acquire` asks under a new request. */
  forget(): void {
    this.held = null;
    this.decisions = [];
  }

  private hasAnswer(requestId: string): boolean {
    return this.decisions.some((decision) => decision.requestId === requestId);
  }

  private takeAnswer(requestId: string, runId: string): HeldLease | null {
    const answers = this.decisions.filter((decision) => decision.requestId === requestId);
    this.decisions = [];
    for (const answer of answers) {
      if (answer.decision === 'granted' && answer.runId === runId)
        return (this.held = { requestId, token: answer.token });
      if (answer.decision === 'refused') {
        throw new HivekeeperError(
          'ClusterBusy',
          `${this.wanted.cluster} is busy with ${answer.behind}; try again later, or use onBusy: wait`,
        );
      }
      if (answer.decision === 'queued') this.onQueued(answer.behind, answer.position);
    }
    return null;
  }
}
