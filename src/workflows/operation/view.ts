import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type {
  OperationProgress,
  OperationReport,
  OperationType,
  Phase,
  PreparedPlan,
} from '../../domain/operations/index.js';
import { type OperationEvent, sinceText, withEvent } from '../../domain/events/index.js';
import { stepsOf } from '../../domain/plan/index.js';
import type { RunnerState } from '../../domain/runner/index.js';
import { searchAttributes } from '../search-attributes.js';
import { progressDetails } from './details.js';

/** What others see of an operation: phase, plan and steps, as query, search attribute, current details and report. */
export class OperationView {
  phase: Phase = 'planning';
  prepared: PreparedPlan | null = null;
  steps: RunnerState['steps'] = {};
  /** What a run that ended early left where. */
  left: OperationProgress['left'];
  private waitingFor: string | null = null;
  private events: OperationEvent[] = [];

  constructor(
    private readonly type: OperationType,
    private readonly cluster: string,
    readonly startedAt: string,
  ) {}

  announce(): void {
    upsertSearchAttributes([
      { key: searchAttributes.cluster, value: this.cluster },
      { key: searchAttributes.operation, value: this.type },
    ]);
  }

  enter(phase: Phase, waitingFor: string | null): void {
    const changed = this.phase !== phase;
    this.phase = phase;
    this.waitingFor = waitingFor;
    if (changed) upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    this.show();
  }

  /** Keeps what a step told. */
  notice(event: OperationEvent): void {
    this.events = withEvent(this.events, event);
    this.show();
  }

  show(): void {
    setCurrentDetails(progressDetails(this.progress(), this.prepared));
  }

  progress(): OperationProgress {
    return {
      operation: this.type,
      cluster: this.cluster,
      phase: this.phase,
      waitingFor: this.waitingFor,
      planHash: this.prepared?.hash ?? null,
      startedAt: this.startedAt,
      ...(this.left && { left: this.left }),
      events: this.events,
      steps: this.stepRows(),
    };
  }

  report(status: OperationReport['status'], prepared: PreparedPlan): OperationReport {
    const { plan, hash, nodes } = prepared;
    const { operation, cluster, title, changes, warnings, checks, members } = plan;
    const { startedAt } = this;
    const endedAt = new Date().toISOString();
    const steps = this.stepRows();
    return {
      operation,
      cluster,
      status,
      title,
      changes,
      warnings,
      checks,
      members,
      planHash: hash,
      nodes,
      steps,
      startedAt,
      endedAt,
    };
  }

  private stepRows(): OperationProgress['steps'] {
    if (!this.prepared) return [];
    return stepsOf(this.prepared.plan.root).map(({ id, title, node, skip }) => ({
      id,
      title,
      ...(node !== undefined && { node }),
      ...(skip !== undefined && { skip }),
      ...this.waitOf(id),
      ...(this.steps[id] ?? { status: skip === undefined ? ('pending' as const) : ('skipped' as const) }),
    }));
  }

  /** The last that a running step told, unless it is over. */
  private waitOf(id: string): { waitingFor?: string } {
    const last = this.steps[id]?.status === 'running' ? this.events.findLast(({ step }) => step === id) : undefined;
    if (last === undefined || last.kind === 'resumed') return {};
    const unchanged = last.kind === 'stalled' ? 'unchanged ' : '';
    return { waitingFor: `${last.text} (${unchanged}${sinceText(Date.parse(last.since), Date.parse(last.at))})` };
  }
}
