import { type PlanGroup, type PlanNode, type PlanStep, stepsOf } from '../../../src/domain/plan/index.js';
import type { Advance, RunnerEvent, RunnerState } from '../../../src/domain/runner/index.js';

/**
 * The runner's promises, written down a second time and another way: step by step over its ancestors, where the runner
 * goes down the tree. Each broken one is a sentence.
 */
export class Rules {
  private readonly steps: readonly PlanStep[];
  private readonly above = new Map<string, { group: PlanGroup; child: PlanNode }[]>();
  private readonly started = new Set<string>();

  constructor(root: PlanNode) {
    this.steps = stepsOf(root).filter((step) => step.skip === undefined);
    this.climb(root, []);
  }

  /** What is wrong with an answer of the runner. */
  broken(before: RunnerState, event: RunnerEvent, { state, start, interrupt }: Advance): string[] {
    const found: string[] = [];
    const say = (wrong: boolean, text: string): void => {
      if (wrong) found.push(text);
    };
    // As it stood when the decision was made: what is started now was still to come.
    const then = this.pendingAgain(state, start);
    say(before.outcome !== null && start.length > 0, 'started something after the end');
    say(JSON.stringify(this.summary(then)) !== JSON.stringify(this.told(before, event)), `did not hear ${event.type}`);
    for (const id of start) {
      say(this.started.has(id), `${id} was started twice`);
      say(state.steps[id]?.status !== 'running', `${id} was started and does not run`);
      say(!this.inTurn(id, then), `${id} was started before its turn`);
      say(this.any(then, 'failed'), `${id} was started after a failure`);
      say(this.holding(state) && !this.mustBeFinished(id, then), `${id} was started while held`);
      this.started.add(id);
    }
    for (const group of this.crowded(state)) found.push(`more than ${group.limit} of ${group.id} run at once`);
    for (const id of this.startable(state)) say(state.outcome === null, `${id} could be started and was not`);
    say(state.outcome !== this.outcome(state) && before.outcome === null, `the outcome is ${state.outcome}`);
    say(before.outcome !== null && state.outcome !== before.outcome, 'the outcome changed after the end');
    const asked = event.type === 'cancel' || (event.type === 'stepWaiting' && state.cancelling);
    const wanted = asked && state.outcome === null ? this.interruptible(state) : [];
    if (event.type === 'stepWaiting') {
      const { status, waiting = false } = state.steps[event.id] ?? {};
      say(waiting !== (event.waiting && status === 'running'), `${event.id} waits: ${waiting}`);
    }
    say(interrupt.join() !== wanted.join(), `interrupts ${interrupt.join()} instead of ${wanted.join()}`);
    return found;
  }

  /** Where a run stands after what happened and before anything is started because of it. */
  private told(before: RunnerState, event: RunnerEvent): object {
    const told = this.summary(before);
    if (event.type === 'pause' || event.type === 'resume') told.paused = event.type === 'pause';
    if (event.type === 'cancel') told.cancelling = true;
    if (event.type !== 'stepWaiting' && 'id' in event && told.steps[event.id] === 'running') {
      const calledOff = before.cancelling && before.steps[event.id]?.waiting === true;
      const cancelled = calledOff ? 'pending' : 'cancelled';
      told.steps[event.id] = { stepDone: 'done', stepFailed: 'failed', stepCancelled: cancelled }[event.type];
    }
    return told;
  }

  private summary({ paused, cancelling, steps }: RunnerState) {
    const statuses: Record<string, string> = {};
    for (const [id, step] of Object.entries(steps)) statuses[id] = step.status;
    return { paused, cancelling, steps: statuses };
  }

  /** Steps whose turn it is. */
  startable(state: RunnerState): string[] {
    if (this.any(state, 'failed')) return [];
    return this.steps
      .filter(({ id }) => state.steps[id]?.status === 'pending' && this.inTurn(id, state))
      .filter(({ id }) => this.roomFor(id, state) && (!this.holding(state) || this.mustBeFinished(id, state)))
      .map(({ id }) => id);
  }

  begun(node: PlanNode, state: RunnerState): boolean {
    return this.stepsIn(node).some(({ id }) => state.steps[id]?.status !== 'pending');
  }

  private outcome(state: RunnerState): RunnerState['outcome'] {
    if (this.any(state, 'running')) return null;
    if (this.any(state, 'failed')) return 'failed';
    if (this.steps.every(({ id }) => state.steps[id]?.status === 'done')) return 'completed';
    if (this.startable(state).length > 0) return null;
    return state.cancelling || this.any(state, 'cancelled') ? 'cancelled' : null;
  }

  private climb(node: PlanNode, above: { group: PlanGroup; child: PlanNode }[]): void {
    this.above.set(node.id, above);
    if (node.type !== 'step') for (const child of node.children) this.climb(child, [...above, { group: node, child }]);
  }

  private ancestors(id: string): { group: PlanGroup; child: PlanNode }[] {
    return this.above.get(id) ?? [];
  }

  private inTurn(id: string, state: RunnerState): boolean {
    return this.ancestors(id).every(({ group, child }) => {
      if (group.type === 'parallel') return true;
      return group.children.slice(0, group.children.indexOf(child)).every((earlier) => this.finished(earlier, state));
    });
  }

  private roomFor(id: string, state: RunnerState): boolean {
    return this.ancestors(id).every(({ group, child }) => {
      if (group.type === 'sequence' || group.limit === undefined || this.begun(child, state)) return true;
      return this.open(group, state) < group.limit;
    });
  }

  private crowded(state: RunnerState): PlanGroup[] {
    const groups = [...this.above.values()].flatMap((above) => above.map(({ group }) => group));
    return [...new Set(groups)].filter(
      (group) => group.type === 'parallel' && group.limit !== undefined && this.open(group, state) > group.limit,
    );
  }

  private open(group: PlanGroup, state: RunnerState): number {
    return group.children.filter((child) => this.begun(child, state) && !this.finished(child, state)).length;
  }

  private mustBeFinished(id: string, state: RunnerState): boolean {
    return this.ancestors(id).some(({ group }) => group.atomic === true && this.begun(group, state));
  }

  private interruptible(state: RunnerState): string[] {
    return this.steps
      .filter(({ id }) => state.steps[id]?.status === 'running')
      .filter(({ id }) => {
        const outermost = this.ancestors(id).find(({ group }) => group.atomic === true)?.group;
        if (outermost === undefined) return true;
        const others = this.stepsIn(outermost).filter((step) => step.id !== id);
        return state.steps[id]?.waiting === true && others.every((step) => state.steps[step.id]?.status === 'pending');
      })
      .map(({ id }) => id);
  }

  private holding(state: RunnerState): boolean {
    return state.paused || state.cancelling || this.any(state, 'cancelled');
  }

  private stepsIn(node: PlanNode): PlanStep[] {
    return this.steps.filter(
      ({ id }) => id === node.id || this.ancestors(id).some(({ group }) => group.id === node.id),
    );
  }

  private finished(node: PlanNode, state: RunnerState): boolean {
    return this.stepsIn(node).every(({ id }) => state.steps[id]?.status === 'done');
  }

  private any(state: RunnerState, status: string): boolean {
    return Object.values(state.steps).some((step) => step.status === status);
  }

  private pendingAgain(state: RunnerState, start: readonly string[]): RunnerState {
    const steps = { ...state.steps };
    for (const id of start) steps[id] = { status: 'pending' };
    return { ...state, steps };
  }
}
