import type { PlanStep } from '../../../src/domain/plan/index.js';
import type { RecordChange } from '../../../src/domain/record/index.js';
import { isStepKind, stepDefinition } from '../../../src/domain/steps/index.js';
import { type Acting, actElsewhere, bodies, type Progress } from './bodies/index.js';
import type { Failing } from './guards.js';

export type StepEnd = { done: RecordChange[] } | { failed: string; leaseLost?: true };

/** What a step asks of the run that it belongs to. */
export interface StepShell {
  holdsLease(): boolean;
  failing(step: PlanStep): Failing[];
  /** The step begins or ends to wait for its checks. */
  waiting(id: string, waiting: boolean): void;
  /** Somebody has looked at a wait for long enough. */
  losesPatience(): void;
  /** Sabotage: whether an attempt takes no notice of what those before it did. */
  readonly forgetful: boolean;
  acting(memory: Map<string, number>): Acting;
}

/** Ticks of a wait for checks after which somebody cancels, and after which they end the operation by force. */
export const patience = 25;
export const despair = 100;
/** Ticks that a step's work may take before it counts as failed. */
export const deadline = 40;

/** One step that runs: as its activity does it, lease, then checks, then work, from the front again when its worker dies. */
export class StepRun {
  private begun = false;
  /** Some attempt has got past the checks: from then on it may have done anything. */
  private touched = false;
  private waited = 0;
  private worked = 0;
  private memory = new Map<string, number>();
  private fate: 'report-lost' | 'all-lost' | 'fails' | null = null;

  constructor(
    readonly step: PlanStep,
    private left: number,
  ) {}

  /** Its worker dies now: what it has done stays done, what it remembers is gone. */
  die(ticks: number): void {
    Object.assign(this, { begun: false, waited: 0, memory: new Map(), left: ticks });
  }

  /** Its worker dies, or it fails, right after its work and before anybody hears of it. */
  doom(fate: 'report-lost' | 'all-lost' | 'fails'): void {
    this.fate = fate;
  }

  /** One tick of its life; null while it goes on. `heard` are changes that the record hears although the step goes on. */
  poll(shell: StepShell, heard: (changes: RecordChange[]) => void): StepEnd | null {
    if (this.left > 0) {
      this.left -= 1;
      return null;
    }
    if (!this.begun) {
      const end = this.pass(shell);
      if (end !== 'passed') return end;
    }
    const progress = this.work(shell);
    if ('fail' in progress) return { failed: progress.fail };
    if ('wait' in progress) {
      this.worked += 1;
      return this.worked > deadline ? { failed: `still waits for ${progress.wait}` } : null;
    }
    return this.finished(progress.done, heard);
  }

  /** Whether the lease is held and all checks hold. */
  private pass(shell: StepShell): StepEnd | null | 'passed' {
    const { kind } = this.step;
    if (!isStepKind(kind)) return { failed: `no worker knows a step ${kind}` };
    if (stepDefinition(kind).fenced && !shell.holdsLease()) return { failed: 'the lease is lost', leaseLost: true };
    const failing = shell.failing(this.step);
    const [first] = failing;
    if (first) {
      this.waited += 1;
      const hopeless = failing.find(({ unmet }) => unmet === 'refuse') ?? (this.waited > despair ? first : undefined);
      if (hopeless) return { failed: `check ${hopeless.check}: ${hopeless.reason}` };
      if (this.waited === 1 && (!this.touched || shell.forgetful)) shell.waiting(this.step.id, true);
      if (this.waited === patience) shell.losesPatience();
      return null;
    }
    if (this.waited > 0) {
      // Everything is looked at again first: a cancel that came meanwhile is heard before the step acts.
      this.waited = 0;
      shell.waiting(this.step.id, false);
      return null;
    }
    this.begun = this.touched = true;
    return 'passed';
  }

  private work(shell: StepShell): Progress {
    const { kind, input } = this.step;
    const acting = shell.acting(this.memory);
    const body = bodies[kind];
    if (!body) throw new Error(`the model does not know the step ${kind}`);
    const host = typeof input['host'] === 'string' ? input['host'] : null;
    if (host !== null && !actElsewhere.includes(kind) && !acting.cluster.node(host).reachable)
      return { wait: `${host} to be reachable` };
    if (this.worked === 0) acting.cluster.tell({ type: 'acts', kind, host, token: acting.token });
    return body(acting, input);
  }

  private finished(changes: RecordChange[], heard: (changes: RecordChange[]) => void): StepEnd | null {
    const { fate } = this;
    this.fate = null;
    if (fate === null) return { done: changes };
    if (fate !== 'all-lost') heard(changes);
    if (fate === 'fails') return { failed: 'its worker gave up after it had acted' };
    this.die(1);
    return null;
  }
}
