import {
  type ClusterCheckContext,
  clusterChecks,
  evaluateCheck,
  type Purpose,
} from '../../../src/domain/checks/index.js';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import {
  operationDefinition,
  type OperationType,
  type ParsedInput,
  parseOperationInput,
  type PlanDraft,
} from '../../../src/domain/operations/index.js';
import { planSchema, type PlanNode, type PlanStep, stepsOf } from '../../../src/domain/plan/index.js';
import type { PlanContext } from '../../../src/domain/planning/index.js';
import { applyChange, journalReducer, memberNames, type RecordState } from '../../../src/domain/record/index.js';
import { advance, initialState, type RunnerEvent, stepsToUndo } from '../../../src/domain/runner/index.js';
import { type ClusterSpec, reviveClusterSpec } from '../../../src/domain/spec/index.js';
import { isStepKind, stepDefinition } from '../../../src/domain/steps/index.js';
import { at, settingsOf } from './nodes.js';
import { leftOver, type LeftOver } from '../../../src/domain/reports/index.js';
import type { SimulatedCluster } from './simulated-cluster.js';
import { product } from './specs.js';
import { brokenByBeginning, brokenNow, malformed } from './watch.js';

export interface World {
  readonly cluster: SimulatedCluster;
  record: RecordState;
  spec: ClusterSpec;
  /** The spec of the last deploy; default: as before the first one. */
  readonly recorded?: ClusterSpec;
  /** Nodes that the present operation takes for gone. */
  confirmedGone?: readonly string[];
}

/** Where a run is cut off: after so many finished steps, and how. */
export interface Cut {
  readonly after: number;
  readonly how: 'cancel' | 'fail-undone' | 'fail-done' | 'kill';
}

export interface RunOptions {
  /** Chooses which running step ends next; used up in order, then the first one. */
  readonly picks?: readonly number[];
  readonly cut?: Cut | undefined;
  readonly guards?: boolean;
  readonly sabotage?: (root: PlanNode) => PlanNode;
}

export interface RunResult {
  readonly outcome: 'completed' | 'failed' | 'cancelled' | 'interrupted' | 'refused';
  /** Ids of the steps in the order in which they began. */
  readonly begun: readonly string[];
  readonly broken: readonly string[];
  /** Guards that did not hold when their step began. */
  readonly guarded: readonly string[];
  /** What the runner's end left behind; null for one that was refused or killed, or has completed. */
  readonly left: LeftOver | null;
}

export function contextOf({ cluster, record, spec, recorded }: World): PlanContext {
  const hosts = [...cluster.nodes.keys()];
  return {
    spec,
    product,
    record,
    observation: cluster.observe(),
    facts: [],
    settings: Object.fromEntries(hosts.map((host) => [host, settingsOf(host, cluster.generation)])),
    items: Object.fromEntries(hosts.map((host) => [host, cluster.wanted(host)])),
    stamp: `2026010100000${record.journal.length}`,
    recorded: recorded ?? null,
    recoveryHost: { host: 'rec1', isMember: false, cpus: 8, memoryBytes: 64e9, freeBytes: 1e12, dataBytes: 1e6 },
  };
}

/** What an operation plans now, and its parsed input. */
export function draftOf(
  world: World,
  type: OperationType,
  json: object,
): { draft: PlanDraft; input: ParsedInput; spec: ClusterSpec } {
  const definition = operationDefinition(type);
  const input = parseOperationInput(type, { cluster: 'prod', ...json });
  const stored = definition.specFromRecord?.(world.record, input);
  const before = stored === undefined ? world.spec : reviveClusterSpec(stored);
  const spec = definition.adjustSpec?.(before, input) ?? before;
  const draft = definition.plan(contextOf({ ...world, spec }), input);
  return { draft, input, spec };
}

function checkContext(
  world: World,
  purpose: Purpose,
  target: string | null,
  clientsMayStay: boolean,
): ClusterCheckContext {
  return {
    purpose,
    members: memberNames(world.record),
    observation: world.cluster.observe(),
    target,
    replicaCount: product.replicaCount(world.spec),
    clustered: product.clustered(world.spec),
    persistentData: product.keepsPersistentData(world.spec) && world.spec.nodes > 1,
    maxUnavailable: world.spec.policy.maxUnavailable,
    clientsMayStay,
    versionProblem: null,
    packageBytes: 0,
    confirmedGone: world.confirmedGone ?? [],
  };
}

function refusals(world: World, draft: PlanDraft): string[] {
  return draft.checks.flatMap(({ names, purpose, target }) =>
    names
      .filter((name) => clusterChecks[name].unmet === 'refuse')
      .flatMap((name) => evaluateCheck(clusterChecks[name], checkContext(world, purpose, target, true), []))
      .filter((result) => result.status === 'fails')
      .map((result) => `${result.check}: ${result.reason}`),
  );
}

function guardsOf(world: World, step: PlanStep): string[] {
  if (!isStepKind(step.kind)) return [`unknown step ${step.kind}`];
  const definition = stepDefinition(step.kind);
  const target = typeof step.input['host'] === 'string' ? step.input['host'] : null;
  const context = checkContext(world, definition.purpose(step.input), target, step.input['clientsMayStay'] === true);
  return definition.guards
    .flatMap((name) => evaluateCheck(clusterChecks[name], context, []))
    .filter((result) => result.status === 'fails')
    .map((result) => `${step.id}: ${result.check}: ${result.reason}`);
}

/** Plans an operation and runs it on the simulated cluster through the real runner, the safety rules watched all along. */
export function operate(world: World, type: OperationType, json: object, options: RunOptions = {}): RunResult {
  const requestId = `r${world.record.journal.length}`;
  const run = { requestId, workflowId: `prod/${type}/${requestId}`, runId: requestId, operation: type };
  const token = world.record.lease.token + 1;
  const entry = { ...run, token, startedAt: at };
  world.cluster.token = token;
  world.record = {
    ...world.record,
    lease: { token, holder: run, queue: [] },
    journal: journalReducer(world.record.journal, { type: 'begun', entry }),
  };
  const end = (outcome: 'completed' | 'failed' | 'cancelled' | 'interrupted', summary = outcome): void => {
    const ended = { type: 'ended', requestId, at, outcome, summary } as const;
    const { journal, lease } = world.record;
    world.record = { ...world.record, lease: { ...lease, holder: null }, journal: journalReducer(journal, ended) };
  };
  let planned;
  try {
    planned = draftOf(world, type, json);
  } catch (error) {
    if (!(error instanceof HivekeeperError)) throw error;
    end('failed');
    return { outcome: 'refused', begun: [], broken: [], guarded: [error.message], left: null };
  }
  const { draft, spec, input } = planned;
  world.confirmedGone = operationDefinition(type).confirmedGone?.(input) ?? [];
  const refused = refusals({ ...world, spec }, draft);
  if (refused.length > 0) {
    end('failed');
    return { outcome: 'refused', begun: [], broken: [], guarded: refused, left: null };
  }
  world.spec = spec;
  for (const change of draft.accepts ?? []) world.record = applyChange(world.record, change);
  const root = planSchema.shape.root.parse(JSON.parse(JSON.stringify(options.sabotage?.(draft.root) ?? draft.root)));
  const before = Object.fromEntries(world.cluster.observe().nodes.map((node) => [node.host, node.runningVersion]));
  const running = new Run(world, type, root, options);
  const outcome = running.toEnd();
  if (outcome === 'completed')
    for (const change of draft.completes ?? []) world.record = applyChange(world.record, change);
  end(outcome);
  const { begun, broken, guarded } = running;
  const left = outcome === 'cancelled' || outcome === 'failed' ? leftOver(root, running.state, before) : null;
  return { outcome, begun, broken: [...malformed(root), ...broken], guarded, left };
}

class Run {
  readonly begun: string[] = [];
  readonly broken: string[] = [];
  readonly guarded: string[] = [];
  private readonly steps: Map<string, PlanStep>;
  state;
  private ended = 0;

  constructor(
    private readonly world: World,
    private readonly operation: OperationType,
    private readonly root: PlanNode,
    private readonly options: RunOptions,
  ) {
    this.state = initialState(root);
    this.steps = new Map(stepsOf(root).map((step) => [step.id, step]));
  }

  toEnd(): 'completed' | 'failed' | 'cancelled' | 'interrupted' {
    const picks = [...(this.options.picks ?? [])];
    this.send({ type: 'begin' });
    while (this.state.outcome === null) {
      if (this.isCut('kill')) return this.die();
      if (this.isCut('cancel') && !this.state.cancelling) {
        this.send({ type: 'cancel' });
        continue;
      }
      const running = this.running();
      const step = running[(picks.shift() ?? 0) % Math.max(1, running.length)];
      if (!step) throw new Error('the runner waits for nothing');
      this.finish(step);
    }
    if (this.state.outcome !== 'completed') this.undo();
    return this.state.outcome;
  }

  private running(): PlanStep[] {
    return [...this.steps.values()].filter((step) => this.state.steps[step.id]?.status === 'running');
  }

  private isCut(how: Cut['how']): boolean {
    const { cut } = this.options;
    return cut?.how === how && this.ended >= cut.after;
  }

  private send(event: RunnerEvent): void {
    const next = advance(this.root, this.state, event);
    this.state = next.state;
    for (const id of next.start) this.begin(id);
    // An interrupted step gives up where it stands, its work not done.
    for (const id of next.interrupt)
      if (this.state.steps[id]?.status === 'running') this.send({ type: 'stepCancelled', id, at });
  }

  private begin(id: string): void {
    const step = this.steps.get(id);
    if (!step) throw new Error(`no step ${id}`);
    this.begun.push(id);
    const failing = this.options.guards === false ? [] : guardsOf(this.world, step);
    if (failing.length > 0) {
      this.guarded.push(...failing);
      this.send({ type: 'stepFailed', id, at, error: failing.join('; ') });
      return;
    }
    this.broken.push(...brokenByBeginning(step, this.watched()));
    this.world.cluster.begin(step);
    this.look();
  }

  private finish(step: PlanStep): void {
    const fails = this.isCut('fail-undone') || this.isCut('fail-done');
    this.ended += 1;
    if (!fails) {
      this.act(step);
      this.send({ type: 'stepDone', id: step.id, at });
      return;
    }
    // Its work may have been done all the same, and only the report was lost.
    if (this.isCut('fail-done')) this.world.cluster.end(step);
    else this.world.cluster.giveUp(step);
    this.look();
    this.send({ type: 'stepFailed', id: step.id, at, error: 'cut off' });
  }

  private act(step: PlanStep): void {
    for (const change of this.world.cluster.end(step)) this.world.record = applyChange(this.world.record, change);
    this.look();
  }

  private undo(): void {
    for (const step of stepsToUndo(this.root, this.state)) {
      if (!step.undo) continue;
      const undo = { ...step, kind: step.undo.kind, input: step.undo.input };
      this.broken.push(...brokenByBeginning(undo, this.watched()));
      this.act(undo);
      const before = this.state.steps[step.id];
      this.state.steps[step.id] = { ...before, status: 'undone' };
    }
  }

  /** The worker is gone: what the brokers have begun goes on without it. */
  private die(): 'interrupted' {
    for (const step of this.running()) {
      if (step.kind === 'stopNode' || step.kind === 'startNode') this.world.cluster.end(step);
    }
    return 'interrupted';
  }

  private watched() {
    return { ...this.world, operation: this.operation };
  }

  private look(): void {
    this.broken.push(...brokenNow(this.watched()));
  }
}
