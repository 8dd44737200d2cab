import {
  CancellationScope,
  CancelledFailure,
  condition,
  ContinueAsNew,
  continueAsNew,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { HivekeeperError, isErrorKind } from '../../domain/errors/index.js';
import {
  canBeTakenBack,
  commandLine,
  type DrainRates,
  operationDefinition,
  type OperationReport,
  type OperationType,
  type ParsedInput,
  policyRates,
  type PreparedPlan,
} from '../../domain/operations/index.js';
import type { OperationEvent } from '../../domain/events/index.js';
import { runnableSteps } from '../../domain/plan/index.js';
import { leftOver, leftOverText } from '../../domain/reports/index.js';
import type { outcomes } from '../../domain/record/index.js';
import type { RunnerState } from '../../domain/runner/index.js';
import { rootFailure } from '../failures.js';
import { LeaseClient } from './lease-client.js';
import { OperationMessages } from './operation-messages.js';
import { StepRunner } from './run-steps.js';
import { OperationView } from './view.js';

const { preparePlan } = proxyActivities<Pick<Activities, 'preparePlan'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 1.5, maximumInterval: '10 seconds', maximumAttempts: 5 },
});

/** What a continued run takes over; the plan is not carried, it is made anew. */
export interface Carried {
  readonly requestId: string;
  readonly startedAt: string;
  readonly paused: boolean;
  /** The plan was approved: what is left of it needs no second approval. */
  readonly approved: boolean;
  /** What drains were told; absent: nothing. */
  readonly drainRates?: DrainRates;
}

type Attempt = { end: 'done'; prepared: PreparedPlan } | { end: 'lease-lost' } | { end: 'continue' };
type Outcome = Exclude<(typeof outcomes)[number], 'interrupted'>;

/** How often an operation asks for a lost lease again before it gives up. */
const attempts = 20;

/** One run of any operation: lease, observe, plan, approve, run, report. */
export class Operation {
  private runner: StepRunner | null = null;
  private cancelling = false;
  private wasApproved = false;
  private readonly definition;
  private readonly view: OperationView;
  private readonly lease: LeaseClient;
  private readonly messages: OperationMessages;

  constructor(
    private readonly type: OperationType,
    private readonly raw: unknown,
    private readonly input: ParsedInput,
    private readonly carried: Carried | undefined,
  ) {
    const { cluster, onBusy } = input;
    this.definition = operationDefinition(type);
    this.view = new OperationView(type, cluster, carried?.startedAt ?? new Date().toISOString());
    this.lease = new LeaseClient(
      { cluster, operation: type, onBusy: onBusy ?? 'wait', startsRecord: this.definition.startsRecord === true },
      (behind, position) => this.view.enter('queued', `${behind} (place ${position} in the queue)`),
      () => this.cancelling,
    );
    this.messages = new OperationMessages(
      this.view,
      this.lease,
      carried?.paused ?? false,
      (paused) => this.pauseChanged(paused),
      (event) => this.told(event),
    );
    if (carried?.drainRates) this.messages.drainRates = carried.drainRates;
  }

  async run(): Promise<OperationReport> {
    this.view.announce();
    // Cancel never cuts: it is a wish that the runner grants at the next safe point.
    void CancellationScope.current().cancelRequested.catch(() => this.cancel());
    return await CancellationScope.nonCancellable(() => this.perform());
  }

  private async perform(): Promise<OperationReport> {
    if (this.input.dryRun === true) return await this.planOnly();
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const requestId = attempt === 0 ? this.carried?.requestId : undefined;
        const result = this.definition.lease ? await this.attempt(requestId) : await this.withoutLease();
        if (result.end === 'done') return await this.succeed(result.prepared);
        if (result.end === 'continue') return await this.continue();
        this.lease.forget();
      }
      throw new HivekeeperError('LeaseLost', `${this.input.cluster}: the lease was lost ${attempts} times`);
    } catch (error) {
      throw await this.fail(error);
    }
  }

  private async planOnly(): Promise<OperationReport> {
    const prepared = await this.plan();
    this.view.enter('completed', null);
    return this.view.report(this.definition.lease ? 'dry-run' : 'checked', prepared);
  }

  private async plan(): Promise<PreparedPlan> {
    const { cluster } = this.input;
    this.view.enter('planning', `the observation of ${cluster}`);
    const request = { type: this.type, input: this.input };
    const prepared = await preparePlan.executeWithOptions({ summary: `Observe ${cluster} and plan` }, [request]);
    this.view.prepared = prepared;
    this.view.steps = {};
    return prepared;
  }

  private async attempt(requestId?: string): Promise<Attempt> {
    this.view.enter('queued', `the lease of ${this.input.cluster}`);
    const lease = await this.lease.acquire(requestId);
    if (!lease) throw new CancelledFailure('cancelled while it waited for the lease');
    const prepared = await this.plan();
    await this.approved(prepared);
    await this.lease.report(prepared.accepts);
    return await this.runPlan(prepared, lease.token);
  }

  /** For steps that compare no token, because they change nothing that another operation could change as well. */
  private async withoutLease(): Promise<Attempt> {
    return await this.runPlan(await this.plan(), 0);
  }

  private async approved(prepared: PreparedPlan): Promise<void> {
    const asked = prepared.plan.approval;
    if ((this.input.approval !== 'required' && asked === undefined) || this.carried?.approved === true) return;
    if (runnableSteps(prepared.plan.root).length === 0) return;
    const { messages } = this;
    const why = asked === undefined ? '' : ` (${asked})`;
    this.view.enter('awaiting-approval', `an approval of plan ${prepared.hash}${why}`);
    await condition(() => this.cancelling || messages.rejected !== null || messages.approvals.has(prepared.hash));
    if (this.cancelling) throw new CancelledFailure('cancelled while it waited for an approval');
    if (messages.rejected !== null)
      throw new HivekeeperError('Rejected', `the plan was rejected: ${messages.rejected}`);
    this.wasApproved = true;
  }

  private async runPlan(prepared: PreparedPlan, token: number): Promise<Attempt> {
    const { cluster, overrideChecks } = this.input;
    const confirmedGone = this.definition.confirmedGone?.(this.input) ?? [];
    const context = { cluster, operation: this.type, token, overrides: overrideChecks ?? [], confirmedGone };
    const runner = new StepRunner(prepared.plan.root, context, () => this.stepsChanged(runner));
    this.runner = runner;
    if (this.messages.paused) runner.send({ type: 'pause' });
    if (this.cancelling) runner.send({ type: 'cancel' });
    this.view.enter(this.messages.paused ? 'paused' : 'running', null);
    const end = await runner.run();
    if (runner.leaseLost) return { end: 'lease-lost' };
    if (end.outcome === 'completed') {
      await this.lease.report(prepared.completes);
      return { end: 'done', prepared };
    }
    if (end.outcome === 'cancelled' && !this.cancelling) return { end: 'continue' };
    await runner.undo();
    throw this.endedEarly(runner, end, prepared);
  }

  private stepsChanged(runner: StepRunner): void {
    this.view.steps = runner.state.steps;
    this.view.show();
    // The server asks for a shorter history, and what this run has done will be observed as done: at the next safe
    // point the runner stops, and a new run goes on.
    const finished = Object.entries(runner.state.steps).some(
      ([id, step]) => id.endsWith('/startNode') && step.status === 'done',
    );
    if (workflowInfo().continueAsNewSuggested && finished && !runner.state.cancelling) runner.send({ type: 'cancel' });
  }

  private endedEarly(runner: StepRunner, end: RunnerState, { plan, nodes }: PreparedPlan): Error {
    const before = Object.fromEntries(nodes.map(({ host, version }) => [host, version]));
    // After the undo: what was put back counts.
    const left = leftOver(plan.root, runner.state, before);
    const again = commandLine(this.definition, this.input);
    const back = canBeTakenBack(this.type) ? `hivekeeper rollback ${workflowInfo().workflowId}` : null;
    this.view.left = { ...left, again, back };
    const text = leftOverText(left, { again, back });
    if (end.outcome === 'cancelled') return new CancelledFailure(`cancelled at a safe point. ${text}`);
    const { kind, message, step } = runner.failure ?? { kind: 'Internal', message: 'no reason given', step: 'a step' };
    return new HivekeeperError(
      isErrorKind(kind) ? kind : 'Internal',
      `${step} failed: ${message.replace(/\.$/, '')}. What is left: ${text}`,
    );
  }

  private async succeed(prepared: PreparedPlan): Promise<OperationReport> {
    await this.release('completed', prepared.plan.changes.join('; ') || 'nothing to do');
    this.view.enter('completed', null);
    return this.view.report('completed', prepared);
  }

  private async continue(): Promise<never> {
    const { requestId } = this.lease;
    const { startedAt } = this.view;
    const carried: Carried = {
      requestId,
      startedAt,
      paused: this.messages.paused,
      approved: this.wasApproved || this.carried?.approved === true,
      ...(this.messages.drainRates !== policyRates && { drainRates: this.messages.drainRates }),
    };
    return await continueAsNew<(raw: unknown, carried?: Carried) => Promise<OperationReport>>(this.raw, carried);
  }

  /** Gives the lease back and turns the error into the one that people should read first. */
  private async fail(error: unknown): Promise<unknown> {
    if (error instanceof ContinueAsNew) return error;
    const { kind, message } = rootFailure(error);
    const outcome: Outcome = kind === 'Cancelled' ? 'cancelled' : kind === 'Rejected' ? 'rejected' : 'failed';
    await this.release(outcome, message);
    this.view.enter(outcome, null);
    if (outcome === 'cancelled' || error instanceof HivekeeperError) return error;
    return new HivekeeperError(isErrorKind(kind) ? kind : 'Internal', message, {}, { cause: error });
  }

  private async release(outcome: Outcome, summary: string): Promise<void> {
    const overrides = this.input.overrideChecks ?? [];
    const { requestId } = this.lease;
    const at = new Date().toISOString();
    await this.lease.release({
      type: 'ended',
      requestId,
      at,
      outcome,
      summary,
      ...(overrides.length > 0 && { overrides }),
    });
  }

  private cancel(): void {
    this.cancelling = true;
    this.view.phase = 'cancelling';
    this.runner?.send({ type: 'cancel' });
  }

  /** A step that waits for its checks can be called off; whatever else it says is for people. */
  private told(event: OperationEvent): void {
    this.view.notice(event);
    const waiting = event.kind === 'waiting' && event.untouched === true;
    if (event.kind !== 'stalled') this.runner?.send({ type: 'stepWaiting', id: event.step, waiting });
  }

  private pauseChanged(paused: boolean): void {
    this.runner?.send({ type: paused ? 'pause' : 'resume' });
    if (this.view.phase === 'running' || this.view.phase === 'paused')
      this.view.enter(paused ? 'paused' : 'running', null);
  }
}
