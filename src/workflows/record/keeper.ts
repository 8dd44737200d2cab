import { getExternalWorkflowHandle, log, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { z } from 'zod';
import type { Activities } from '../../activities/index.js';
import {
  applyChange,
  decisionFor,
  holdsLease,
  isRun,
  journalReducer,
  type Lease,
  type LeaseDecision,
  type LeaseEvent,
  leaseReducer,
  type LeaseRequest,
  membershipReducer,
  type RecordState,
  type Release,
  type Report,
  type RunRef,
} from '../../domain/record/index.js';
import { leaseDecisionSignal } from './messages.js';

const { lookAtRun, saveRecord } = proxyLocalActivities<Pick<Activities, 'lookAtRun' | 'saveRecord'>>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumInterval: '10 seconds' },
});

/**
 * One heartbeat timeout of the steps and a little more: after it, no activity of a dead run still believes that it
 * may act.
 */
const grace = '12 seconds';

type Parsed<T> = z.ZodSafeParseResult<T>;
type Message = { type: 'request'; message: Parsed<LeaseRequest> } | { type: 'release'; message: Parsed<Release> };

/** The record's state and its duties: answering requests, watching the holder, saving what changed. */
export class RecordKeeper {
  private inbox: Message[] = [];
  private dirty = true;
  private saved = '';

  constructor(public state: RecordState) {}

  get hasMessages(): boolean {
    return this.inbox.length > 0 || this.dirty;
  }

  get waiting(): boolean {
    return this.state.lease.queue.length > 0;
  }

  get busy(): boolean {
    return this.state.lease.holder !== null || this.waiting || this.hasMessages;
  }

  receive(message: Message): void {
    this.inbox.push(message);
  }

  /** Changes are taken from the run that holds the lease alone, at once, so that its next query sees them. */
  report(message: Parsed<Report>): void {
    if (!message.success) {
      log.warn('dropped a report that does not parse');
      return;
    }
    const { workflowId, runId, change } = message.data;
    if (!holdsLease(this.state.lease, workflowId, runId)) {
      log.warn('dropped a report of a run without the lease');
      return;
    }
    this.state = applyChange(this.state, change);
    this.dirty = true;
  }

  uncordon(host: string): void {
    this.state = { ...this.state, membership: membershipReducer(this.state.membership, { type: 'uncordoned', host }) };
  }

  /** A restored or continued record asks at once whether its holder still lives. */
  async resume(): Promise<void> {
    if (this.state.lease.holder) await this.lookAtHolder();
  }

  async work(): Promise<void> {
    const messages = this.inbox;
    this.inbox = [];
    for (const { type, message } of messages) {
      if (!message.success) log.warn(`dropped a ${type} that does not parse`);
      else if ('onBusy' in message.data) await this.request(message.data);
      else this.release(message.data);
    }
    if (this.waiting && this.state.lease.holder) await this.lookAtHolder();
    await this.grantNext();
    await this.save();
  }

  async save(): Promise<void> {
    this.dirty = false;
    const json = JSON.stringify(this.state);
    if (json === this.saved) return;
    await saveRecord(this.state);
    this.saved = json;
  }

  private apply(event: LeaseEvent): void {
    this.state = { ...this.state, lease: leaseReducer(this.state.lease, event) };
  }

  private async request(request: LeaseRequest): Promise<void> {
    const { holder } = this.state.lease;
    if (isRun(holder, request) && holder.requestId !== request.requestId) {
      await this.retake(holder, request);
      return;
    }
    // A holder that died would refuse the request for nothing, so it is looked at first.
    if (holder && holder.requestId !== request.requestId) await this.lookAtHolder();
    const held = this.state.lease.holder?.requestId === request.requestId;
    this.apply({ type: 'requested', request });
    await this.grantNext();
    const decision = decisionFor(this.state.lease, request);
    // A fresh grant was told by grantNext; a holder that asks again (continued as new) must hear it too.
    if (held || decision.decision !== 'granted') await this.tell(request, decision);
  }

  private async retake(holder: RunRef, request: LeaseRequest): Promise<void> {
    this.end(holder, 'it asked for the lease again and planned anew');
    this.apply({ type: 'retaken', request });
    this.begin(request);
    await this.tell(request, decisionFor(this.state.lease, request));
  }

  private release(release: Release): void {
    const held =
      this.state.lease.holder?.requestId === release.requestId && this.state.lease.holder.runId === release.runId;
    this.apply({ type: 'released', requestId: release.requestId, runId: release.runId });
    if (held && release.ended)
      this.state = { ...this.state, journal: journalReducer(this.state.journal, release.ended) };
    // A first deploy that was refused leaves nothing to remember: a mistyped name must not stay as a cluster.
    if (this.state.spec === null && !this.state.lease.holder && !this.waiting)
      this.state = { ...this.state, removed: true };
  }

  private async grantNext(): Promise<void> {
    for (let next = this.state.lease.queue[0]; next && !this.state.lease.holder; next = this.state.lease.queue[0]) {
      // A waiter that died must not get the lease: everybody behind it would wait for nobody.
      const look = await lookAtRun({ workflowId: next.workflowId, runId: next.runId });
      if (look.status === 'dead') {
        this.apply({ type: 'waiterLost', requestId: next.requestId });
        continue;
      }
      this.apply({ type: 'grant' });
      this.begin(next);
      await this.tell(next, decisionFor(this.state.lease, next));
    }
  }

  private begin(run: RunRef): void {
    const { requestId, workflowId, runId, operation } = run;
    const { token } = this.state.lease;
    const entry = { requestId, workflowId, runId, operation, token, startedAt: new Date().toISOString() };
    this.state = { ...this.state, journal: journalReducer(this.state.journal, { type: 'begun', entry }) };
  }

  private async lookAtHolder(): Promise<void> {
    const holder = this.state.lease.holder;
    if (!holder) return;
    const look = await lookAtRun({ workflowId: holder.workflowId, runId: holder.runId });
    if (this.state.lease.holder?.requestId !== holder.requestId) return;
    if (look.status === 'running') return;
    if (look.status === 'continued') {
      this.apply({ type: 'holderMoved', requestId: holder.requestId, runId: look.runId });
      return;
    }
    // Its last activity may still act until it misses its heartbeat, so the next one waits that long.
    await sleep(grace, { summary: `wait for the last activity of ${holder.operation}, which is gone` });
    this.interrupt(holder);
  }

  private interrupt(holder: NonNullable<Lease['holder']>): void {
    if (this.state.lease.holder?.requestId !== holder.requestId) return;
    this.apply({ type: 'holderLost', requestId: holder.requestId });
    const at = new Date().toISOString();
    const ended = {
      type: 'ended',
      requestId: holder.requestId,
      at,
      outcome: 'interrupted',
      summary: 'its run ended without a word',
    } as const;
    this.state = { ...this.state, journal: journalReducer(this.state.journal, ended) };
  }

  private end(holder: RunRef, summary: string): void {
    const at = new Date().toISOString();
    const ended = { type: 'ended', requestId: holder.requestId, at, outcome: 'interrupted', summary } as const;
    this.state = { ...this.state, journal: journalReducer(this.state.journal, ended) };
  }

  private async tell(run: Pick<RunRef, 'workflowId' | 'runId' | 'requestId'>, decision: LeaseDecision): Promise<void> {
    try {
      await getExternalWorkflowHandle(run.workflowId, run.runId).signal(leaseDecisionSignal, decision);
    } catch {
      // The run is gone. If it holds the lease, the next look finds out.
      if (decision.decision !== 'granted') this.apply({ type: 'waiterLost', requestId: run.requestId });
    }
  }
}
