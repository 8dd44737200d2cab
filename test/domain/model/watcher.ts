import { findNode, type PlanNode, type PlanStep, stepsOf } from '../../../src/domain/plan/index.js';
import { begun, type RunnerState } from '../../../src/domain/runner/index.js';
import { type OperationType } from '../../../src/domain/operations/index.js';
import { anywhere } from './data.js';
import type { ModelEvent } from './events.js';
import type { Failing } from './guards.js';
import { actElsewhere } from './bodies/index.js';
import { brokenByData, dataNow } from './rules/data.js';
import { brokenByStart } from './rules/starting.js';
import { brokenByStop } from './rules/stopping.js';
import { truthOf } from './rules/truth.js';
import type { View } from './rules/view.js';
import { members, recordedSpec, type World } from './world.js';

/** Operations that stop a cluster by declaration; all others promise that it goes on serving. */
const declared: readonly string[] = ['removeCluster', 'recoverCluster'];

/**
 * Holds a run to the design's rules, written down a second time: it hears what happens to hosts and looks at the model
 * itself, never at observations, and shares no code with the checks.
 */
export class Watcher {
  readonly broken: string[] = [];
  private readonly items: readonly string[];
  private readonly listener = (event: ModelEvent): void => this.hear(event);

  constructor(
    private readonly world: World,
    private readonly operation: OperationType,
    private readonly holdsLease: () => boolean,
  ) {
    this.items = [...anywhere(world.cluster)];
    world.cluster.listeners.push(this.listener);
  }

  leave(): void {
    const { listeners } = this.world.cluster;
    listeners.splice(listeners.indexOf(this.listener), 1);
  }

  private get view(): View {
    const { world, operation } = this;
    return { world, operation, spec: recordedSpec(world) ?? world.file, holdsLease: this.holdsLease() };
  }

  private hear(event: ModelEvent): void {
    const { view } = this;
    this.broken.push(...brokenByStop(event, view), ...brokenByStart(event, view), ...brokenByData(event, view));
    if (event.type === 'acts') this.acts(event, view);
    if (event.type === 'opened' && members(this.world).includes(event.host)) this.opened(event.host);
  }

  private acts({ kind, host, token }: Extract<ModelEvent, { type: 'acts' }>, { world }: View): void {
    const { lease } = world.record;
    const looks = ['verifyCluster', 'verifyRecovery', 'copyData', 'runRecoveryTool'].includes(kind);
    if (!looks && token < lease.token)
      this.broken.push(`one-operation: ${kind} acts with ${token} after ${lease.token}`);
    if (host !== null && !actElsewhere.includes(kind) && !world.cluster.node(host).reachable)
      this.broken.push(`${kind} acts on ${host}, which cannot be reached`);
  }

  /** Clients are sent to a node by a plan only while it serves; one that fails is the gate's own matter. */
  private opened(host: string): void {
    const { phase, away } = this.world.cluster.node(host);
    if (phase !== 'up' && away) this.broken.push(`clients are sent to ${host}, which was stopped by a plan`);
  }

  /** Any moment of a run. */
  moment(): void {
    const { view } = this;
    const { cluster } = this.world;
    this.broken.push(...dataNow(view, this.items));
    const away = members(this.world).filter((host) => cluster.node(host).away);
    if (!declared.includes(this.operation) && away.length > view.spec.policy.maxUnavailable)
      this.broken.push(`max-unavailable: ${away.join(', ')} were taken away at once`);
  }

  /** A check keeps a step, or the plan: it must be right. */
  waits(failing: Failing, step: PlanStep | null): void {
    if (!truthOf(failing.check, this.view, step))
      this.broken.push(`${failing.check} fails for nothing: ${failing.reason}`);
  }

  /** After an undo: a gate that was closed for a stop that never began is open again. */
  undone(root: PlanNode, state: RunnerState): void {
    const { cluster } = this.world;
    for (const { id, kind, node, undo } of stepsOf(root)) {
      if (kind !== 'closeTraffic' || node === undefined || !undo || !this.holdsLease()) continue;
      const point = findNode(root, undo.until);
      const closed = ['done', 'failed', 'cancelled'].includes(state.steps[id]?.status ?? '');
      if (closed && point && !begun(point, state) && cluster.node(node).gate === 'closed')
        this.broken.push(`${node} is left without clients although its stop never began`);
    }
  }
}
