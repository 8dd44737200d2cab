import { setHandler } from '@temporalio/workflow';
import { type OperationEvent, operationEventSchema } from '../../domain/events/index.js';
import {
  approveSchema,
  type DrainRates,
  policyRates,
  rejectSchema,
  setDrainRateSchema,
  withDrainRate,
} from '../../domain/operations/index.js';
import { leaseDecisionSchema } from '../../domain/record/index.js';
import { leaseDecisionSignal } from '../record/messages.js';
import type { LeaseClient } from './lease-client.js';
import {
  approveSignal,
  drainRatesQuery,
  noticeSignal,
  pauseSignal,
  planQuery,
  progressQuery,
  rejectSignal,
  resumeSignal,
  setDrainRateSignal,
} from './messages.js';
import type { OperationView } from './view.js';

/** What people and the record say to an operation. A message that does not parse is dropped, never a failure. */
export class OperationMessages {
  /** Hashes of the plans that were approved; an approval of another plan counts for nothing. */
  readonly approvals = new Set<string>();
  rejected: string | null = null;
  /** What drains were told since the operation began. */
  drainRates: DrainRates = policyRates;

  constructor(
    view: OperationView,
    lease: LeaseClient,
    public paused: boolean,
    private readonly onPause: (paused: boolean) => void,
    onNotice: (event: OperationEvent) => void,
  ) {
    setHandler(leaseDecisionSignal, (raw) => {
      const decision = leaseDecisionSchema.safeParse(raw);
      if (decision.success) lease.receive(decision.data);
    });
    setHandler(pauseSignal, () => this.setPaused(true), { description: 'Stops at the next safe point.' });
    setHandler(resumeSignal, () => this.setPaused(false), { description: 'Goes on.' });
    setHandler(approveSignal, (raw) => this.approve(raw), { description: 'Approves the plan with this planHash.' });
    setHandler(rejectSignal, (raw) => this.reject(raw), { description: 'Refuses the plan, with a reason.' });
    setHandler(setDrainRateSignal, (raw) => this.setDrainRate(raw), {
      description: 'Moves clients at another pace from now on.',
    });
    setHandler(noticeSignal, (raw) => {
      const event = operationEventSchema.safeParse(raw);
      if (event.success) onNotice(event.data);
    });
    setHandler(planQuery, () => view.prepared, { description: 'The plan with its hash.' });
    setHandler(drainRatesQuery, () => this.drainRates, { description: 'How fast clients shall be moved.' });
    setHandler(progressQuery, () => view.progress(), { description: 'Where the operation stands.' });
  }

  private setPaused(paused: boolean): void {
    this.paused = paused;
    this.onPause(paused);
  }

  private approve(raw: unknown): void {
    const message = approveSchema.safeParse(raw);
    if (message.success) this.approvals.add(message.data.planHash);
  }

  private setDrainRate(raw: unknown): void {
    const message = setDrainRateSchema.safeParse(raw);
    if (message.success) this.drainRates = withDrainRate(this.drainRates, message.data);
  }

  private reject(raw: unknown): void {
    const message = rejectSchema.safeParse(raw ?? {});
    this.rejected = message.success ? message.data.reason : 'no reason given';
  }
}
