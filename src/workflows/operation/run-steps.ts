import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import { HivekeeperError } from '../../domain/errors/index.js';
import { type PlanNode, type PlanStep, stepsOf } from '../../domain/plan/index.js';
import { advance, initialState, type RunnerEvent, type RunnerState, stepsToUndo } from '../../domain/runner/index.js';
import { isStepKind, stepDefinition } from '../../domain/steps/index.js';
import type { StepEnvelope, StepResult } from '../../domain/operations/index.js';
import { rootFailure } from '../failures.js';

type StepActivity = (envelope: StepEnvelope) => Promise<StepResult>;
/** What the run adds to a step of the plan. */
export type EnvelopeContext = Omit<StepEnvelope, 'stepId' | 'input'>;

/** The thin shell around the pure runner: turns its decisions into activities and their ends into events. */
export class StepRunner {
  state: RunnerState;
  /** Set when a step found that another run holds the lease: the operation asks again and plans anew. */
  leaseLost = false;
  /** The failure that ended the run, as people should read it. */
  failure: { kind: string; message: string; step: string } | null = null;
  private readonly steps: Map<string, PlanStep>;
  private readonly events: RunnerEvent[] = [];
  private readonly scopes = new Map<string, CancellationScope>();

  constructor(
    private readonly root: PlanNode,
    private readonly context: EnvelopeContext,
    private readonly onChange: () => void,
  ) {
    this.state = initialState(root);
    this.steps = new Map(stepsOf(root).map((step) => [step.id, step]));
  }

  send(event: RunnerEvent): void {
    this.events.push(event);
  }

  async run(): Promise<RunnerState> {
    // After what was sent before: a run that begins paused or cancelled starts nothing.
    this.send({ type: 'begin' });
    while (this.state.outcome === null) {
      await condition(() => this.events.length > 0);
      for (let event = this.events.shift(); event; event = this.events.shift()) this.handle(event);
      this.onChange();
    }
    return this.state;
  }

  /** Puts back what may be put back; a failed undo is noted and does not hide why the run ended. */
  async undo(): Promise<void> {
    for (const step of stepsToUndo(this.root, this.state)) {
      if (!step.undo) continue;
      const undo: PlanStep = { ...step, kind: step.undo.kind, input: step.undo.input, title: `Undo: ${step.title}` };
      const before = this.state.steps[step.id];
      try {
        await this.execute(undo);
        this.state.steps[step.id] = { ...before, status: 'undone' };
      } catch (error) {
        this.state.steps[step.id] = {
          status: 'done',
          ...before,
          note: `could not be undone: ${rootFailure(error).message}`,
        };
      }
      this.onChange();
    }
  }

  private handle(event: RunnerEvent): void {
    const next = advance(this.root, this.state, event);
    this.state = next.state;
    for (const id of next.start) this.start(id);
    for (const id of next.interrupt) this.scopes.get(id)?.cancel();
  }

  private start(id: string): void {
    const step = this.steps.get(id);
    if (!step) return;
    this.state.steps[id] = { status: 'running', startedAt: now() };
    const scope = new CancellationScope({ cancellable: true });
    this.scopes.set(id, scope);
    // Every end is an event; nothing escapes, so the promise cannot be left unhandled.
    void scope
      .run(() => this.execute(step))
      .then(
        (result) => this.send({ type: 'stepDone', id, at: now(), note: result.note }),
        (error: unknown) => this.ended(step, error),
      );
  }

  private ended(step: PlanStep, error: unknown): void {
    if (isCancellation(error)) {
      this.send({ type: 'stepCancelled', id: step.id, at: now() });
      return;
    }
    const failure = rootFailure(error);
    if (failure.kind === 'LeaseLost') this.leaseLost = true;
    this.failure ??= { ...failure, step: step.title };
    this.send({ type: 'stepFailed', id: step.id, at: now(), error: failure.message });
  }

  private execute(step: PlanStep): Promise<StepResult> {
    const { kind } = step;
    // An activity that nobody registers would be retried for ever.
    if (!isStepKind(kind)) throw new HivekeeperError('UnknownStep', `${step.id}: this worker knows no step ${kind}`);
    const { timeouts } = stepDefinition(kind);
    const activity = proxyActivities<Record<string, StepActivity>>({
      startToCloseTimeout: timeouts.startToClose,
      heartbeatTimeout: timeouts.heartbeat,
      retry: {
        initialInterval: '1 second',
        backoffCoefficient: 1.5,
        maximumInterval: '10 seconds',
        maximumAttempts: timeouts.maximumAttempts,
      },
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    })[kind];
    if (!activity) throw new HivekeeperError('UnknownStep', `${step.id}: no activity ${kind}`);
    const envelope: StepEnvelope = { ...this.context, stepId: step.id, input: step.input };
    return activity.executeWithOptions({ summary: step.title }, [envelope]);
  }
}

const now = (): string => new Date().toISOString();
