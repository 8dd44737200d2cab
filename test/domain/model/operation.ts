import { HivekeeperError } from '../../../src/domain/errors/index.js';
import { operationDefinition } from '../../../src/domain/operations/index.js';
import { planSchema, type PlanNode, runnableSteps, type PlanStep } from '../../../src/domain/plan/index.js';
import { applyChange, holdsLease, journalReducer, type RecordChange } from '../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import type { Acting } from './bodies/index.js';
import { failingGuards, refusals } from './guards.js';
import { PlanRun } from './plan-run.js';
import { befall, isMishap, type Trouble } from './trouble.js';
import { Watcher } from './watcher.js';
import { type Job, plan, type Planned, recordedSpec, type World } from './world.js';

export type Outcome = 'completed' | 'failed' | 'cancelled' | 'interrupted' | 'refused';

export interface Launch {
  readonly troubles?: readonly Trouble[];
  /** Changes each plan before it runs. */
  readonly sabotage?: ((root: PlanNode) => PlanNode) | undefined;
  /** Leaves out a check wherever it is asked for. */
  readonly blind?: readonly string[];
  /** Runs without its fence: the lease is never asked for. */
  readonly unfenced?: boolean;
  /** A step that is tried again takes itself for untouched. */
  readonly forgetful?: boolean;
}

export interface Result {
  readonly outcome: Outcome;
  /** Why it did not complete. */
  readonly why: string;
  /** Rules that were broken on the way. */
  readonly broken: readonly string[];
  /** Steps of its first plan. */
  readonly planned: readonly PlanStep[];
}

const at = '2026-01-01T00:00:00.000Z';

/** How often an operation asks for a lost lease, or goes on in a new run. */
const attempts = 6;

/** One operation from its request to its report, as the generic workflow does it. */
export class Operation {
  readonly watcher: Watcher;
  /** Ticks since it began. */
  ticks = 0;
  cancelling = false;
  private readonly troubles: Trouble[];
  private requestId = '';
  private confirmedGone: readonly string[] = [];
  private token = 0;

  constructor(
    readonly world: World,
    private readonly job: Job,
    readonly launch: Launch = {},
  ) {
    this.troubles = [...(launch.troubles ?? [])].sort((a, b) => a.after - b.after);
    this.watcher = new Watcher(world, job.type, () => this.holds());
  }

  run(): Result {
    this.lease();
    const first: { steps: PlanStep[] | null } = { steps: null };
    let end: { outcome: Outcome; why: string } = { outcome: 'failed', why: 'the lease was lost too often' };
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const prepared = this.prepare();
        first.steps ??= runnableSteps(prepared.draft.root);
        const running = new PlanRun(this, prepared.root);
        const ended = running.toEnd();
        if (ended.end === 'lease-lost') this.lease();
        else if (ended.end !== 'continue') {
          if (ended.end === 'completed') this.report(prepared.draft.completes ?? []);
          if (ended.end === 'failed' || ended.end === 'cancelled') running.undo();
          end = { outcome: ended.end, why: ended.why };
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof HivekeeperError)) throw error;
      end = { outcome: 'refused', why: error.message };
    }
    this.finish(end.outcome, end.why);
    return { ...end, broken: this.watcher.broken, planned: first.steps ?? [] };
  }

  /** One tick of the world; gives what befalls the run itself. */
  tick(): Trouble[] {
    this.ticks += 1;
    const due = this.troubles.filter(({ after }) => after <= this.ticks);
    this.troubles.splice(0, due.length);
    for (const trouble of due) if (!isMishap(trouble.what)) befall(this.world, trouble);
    this.world.cluster.tick();
    this.watcher.moment();
    return due.filter(({ what }) => isMishap(what));
  }

  get spec(): ClusterSpec {
    return recordedSpec(this.world) ?? this.world.file;
  }

  /** The record takes this run for dead: another one has the lease, and gives it back having done nothing. */
  robbed(): void {
    const { lease, journal } = this.world.record;
    const { requestId } = this;
    const ended = {
      type: 'ended',
      requestId,
      at,
      outcome: 'interrupted',
      summary: 'its run ended without a word',
    } as const;
    const free = { ...lease, token: lease.token + 1, holder: null };
    this.world.record = { ...this.world.record, lease: free, journal: journalReducer(journal, ended) };
  }

  holdsLease(): boolean {
    return this.launch.unfenced === true || this.holds();
  }

  private holds(): boolean {
    return holdsLease(this.world.record.lease, 'prod/op', this.requestId);
  }

  failing(step: PlanStep) {
    const failing = failingGuards(this.world, this.spec, step, this.confirmedGone);
    const seen = failing.filter(({ check }) => this.launch.blind?.includes(check) !== true);
    for (const one of seen) this.watcher.waits(one, step);
    return seen;
  }

  acting(memory: Map<string, number>): Acting {
    return { world: this.world, cluster: this.world.cluster, spec: this.spec, token: this.token, memory };
  }

  /** The record hears the run that holds the lease, and no other. */
  report(changes: readonly RecordChange[]): void {
    if (!this.holds()) return;
    for (const change of changes) this.world.record = applyChange(this.world.record, change);
  }

  private lease(): void {
    const { record } = this.world;
    this.requestId = `r${record.lease.token + 1}`;
    const run = { requestId: this.requestId, workflowId: 'prod/op', runId: this.requestId, operation: this.job.type };
    this.token = record.lease.token + 1;
    const entry = { ...run, token: this.token, startedAt: at };
    const journal = journalReducer(record.journal, { type: 'begun', entry });
    this.world.record = { ...record, lease: { token: this.token, holder: run, queue: [] }, journal };
  }

  /** Plans, refuses what cannot work, and tells the record what was accepted. */
  private prepare(): Planned & { readonly root: PlanNode } {
    const planned = plan(this.world, this.job);
    this.confirmedGone = operationDefinition(this.job.type).confirmedGone?.(planned.input) ?? [];
    const refused = refusals(this.world, planned, this.confirmedGone).filter(
      ({ check }) => this.launch.blind?.includes(check) !== true,
    );
    for (const one of refused) this.watcher.waits(one, null);
    const [first] = refused;
    if (first) throw new HivekeeperError('CheckFailed', `${first.check}: ${first.reason}`);
    this.report(planned.draft.accepts ?? []);
    const changed = this.launch.sabotage?.(planned.draft.root) ?? planned.draft.root;
    return { ...planned, root: planSchema.shape.root.parse(JSON.parse(JSON.stringify(changed))) };
  }

  private finish(outcome: Outcome, summary: string): void {
    const ended = { type: 'ended', requestId: this.requestId, at, summary } as const;
    const { record } = this.world;
    const journal = journalReducer(record.journal, { ...ended, outcome: outcome === 'refused' ? 'failed' : outcome });
    this.world.record = { ...record, journal, lease: { ...record.lease, holder: null } };
    this.watcher.leave();
  }
}
