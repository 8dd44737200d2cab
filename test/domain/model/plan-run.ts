import { type PlanNode, type PlanStep, stepsOf } from '../../../src/domain/plan/index.js';
import {
  advance,
  initialState,
  type RunnerEvent,
  type RunnerState,
  stepsToUndo,
} from '../../../src/domain/runner/index.js';
import { Rules } from '../runner/rules.js';
import type { Operation, Outcome } from './operation.js';
import { deadline, despair, StepRun, type StepShell } from './step-run.js';
import type { Trouble } from './trouble.js';

type End = { end: Outcome | 'lease-lost' | 'continue'; why: string };

const at = '2026-01-01T00:00:00.000Z';

/** Steps of the largest plan that the runner's own rules are asked about. */
const largest = 25;

/** Ticks after which somebody resumes what was paused. */
const longestPause = 15;

/** One plan through the real runner, tick by tick: the shell that in the product is made of activities. */
export class PlanRun {
  private state: RunnerState;
  private readonly rules: Rules | null;
  private readonly running = new Map<string, StepRun>();
  private readonly steps: ReadonlyMap<string, PlanStep>;
  private paused = 0;
  private leaseLost = false;
  private why = '';

  constructor(
    private readonly operation: Operation,
    private readonly root: PlanNode,
  ) {
    this.state = initialState(root);
    // They look at every pair of steps: a large plan has nothing that a small one lacks.
    this.rules = stepsOf(root).length <= largest ? new Rules(root) : null;
    this.steps = new Map(stepsOf(root).map((step) => [step.id, step]));
  }

  toEnd(): End {
    const { operation } = this;
    if (operation.cancelling) this.send({ type: 'cancel' });
    this.send({ type: 'begin' });
    // Each step may wait for its checks, do its work, and be begun anew some times; then it fails by itself.
    const limit = (stepsOf(this.root).length + 5) * (despair + deadline) * 3;
    for (let ticks = 0; this.state.outcome === null; ticks++) {
      if (ticks > limit) return this.stuck(limit);
      for (const trouble of operation.tick())
        if (this.befallen(trouble) === 'killed') return { end: 'interrupted', why: 'killed' };
      this.paused = this.state.paused ? this.paused + 1 : 0;
      if (this.paused > longestPause) this.send({ type: 'resume' });
      for (const run of [...this.running.values()]) this.poll(run);
    }
    if (this.leaseLost) return { end: 'lease-lost', why: this.why };
    if (this.state.outcome === 'cancelled' && !operation.cancelling) return { end: 'continue', why: '' };
    return { end: this.state.outcome, why: this.why };
  }

  /** Puts back what may be put back, and nothing where the lease is another's. */
  undo(): void {
    for (const { id, undo } of stepsToUndo(this.root, this.state)) {
      const step = this.steps.get(id);
      if (!step || !undo) continue;
      const run = new StepRun({ ...step, kind: undo.kind, input: undo.input }, 0);
      for (let end = null; end === null; ) {
        end = run.poll(this.shell(), (changes) => this.operation.report(changes));
        if (end && 'done' in end) this.operation.report(end.done);
        if (end === null) this.operation.tick();
      }
    }
    this.operation.watcher.undone(this.root, this.state);
  }

  private stuck(ticks: number): End {
    this.operation.watcher.broken.push(`stuck after ${ticks} ticks: ${[...this.running.keys()].join(', ')} run`);
    return { end: 'interrupted', why: 'stuck' };
  }

  private shell(): StepShell {
    const { operation } = this;
    return {
      holdsLease: () => operation.holdsLease(),
      failing: (step) => operation.failing(step),
      acting: (memory) => operation.acting(memory),
      waiting: (id, waiting) => this.send({ type: 'stepWaiting', id, waiting }),
      losesPatience: () => this.cancel(),
      forgetful: operation.launch.forgetful === true,
    };
  }

  private cancel(): void {
    this.operation.cancelling = true;
    this.send({ type: 'cancel' });
  }

  private poll(run: StepRun): void {
    if (!this.running.has(run.step.id)) return;
    const end = run.poll(this.shell(), (changes) => this.operation.report(changes));
    // What it waits for may have been the reason to call it off.
    if (end === null || !this.running.has(run.step.id)) return;
    const { id } = run.step;
    this.running.delete(id);
    if ('done' in end) {
      this.operation.report(end.done);
      this.send({ type: 'stepDone', id, at });
      return;
    }
    if (end.leaseLost) this.leaseLost = true;
    this.why ||= `${id}: ${end.failed}`;
    this.send({ type: 'stepFailed', id, at, error: end.failed });
  }

  private send(event: RunnerEvent): void {
    const next = advance(this.root, this.state, event);
    if (this.rules) this.operation.watcher.broken.push(...this.rules.broken(this.state, event, next));
    this.state = next.state;
    for (const id of next.start) {
      const step = this.steps.get(id);
      if (step) this.running.set(id, new StepRun(step, this.operation.world.cluster.takes() - 1));
    }
    for (const id of next.interrupt) {
      if (!this.running.delete(id)) continue;
      this.send({ type: 'stepCancelled', id, at });
    }
  }

  private befallen({ what, pick }: Trouble): 'killed' | null {
    const runs = [...this.running.values()];
    const run = runs[pick % Math.max(1, runs.length)];
    if (what === 'killed') return 'killed';
    if (what === 'pause' || what === 'resume') this.send({ type: what });
    if (what === 'lease-lost') this.operation.robbed();
    if (what === 'cancel') this.cancel();
    if (what === 'continued-as-new' && this.hasFinishedANode()) this.send({ type: 'cancel' });
    if (what === 'worker-dies-before') run?.die(1 + (pick % 3));
    if (what === 'worker-dies-after') run?.doom(pick % 2 === 0 ? 'report-lost' : 'all-lost');
    if (what === 'step-fails-after') run?.doom('fails');
    if (what === 'step-fails-before' && run) {
      this.running.delete(run.step.id);
      this.why ||= `${run.step.id}: failed for good`;
      this.send({ type: 'stepFailed', id: run.step.id, at, error: 'failed for good' });
    }
    return null;
  }

  /** As the workflow: a run goes on as a new one only after it has finished a node. */
  private hasFinishedANode(): boolean {
    const { steps, cancelling } = this.state;
    return !cancelling && Object.entries(steps).some(([id, one]) => id.endsWith('/startNode') && one.status === 'done');
  }
}
