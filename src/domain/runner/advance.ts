import { type PlanGroup, type PlanNode, runnableSteps, stepsOf } from '../plan/index.js';
import type { Advance, RunnerEvent, RunnerState, StepState } from './state.js';

/** The state before anything ran. */
export function initialState(root: PlanNode): RunnerState {
  const steps: Record<string, StepState> = {};
  for (const step of stepsOf(root)) steps[step.id] = { status: step.skip === undefined ? 'pending' : 'skipped' };
  return { steps, paused: false, cancelling: false, outcome: null };
}

/**
 * The runner, as a pure function: takes what happened, gives the new state and what to start. A step is started once,
 * a sequence in order, a parallel group up to its limit. Pause and cancel stop new starts at the next safe point: a
 * begun atomic group is finished first. After a failure nothing new starts, and what runs is awaited.
 */
export function advance(root: PlanNode, before: RunnerState, event: RunnerEvent): Advance {
  const state = apply(before, event);
  if (state.outcome !== null) return { state, start: [], interrupt: [] };

  const failed = has(state, 'failed');
  const holding = state.paused || state.cancelling || has(state, 'cancelled');
  const start = failed ? [] : startable(root, state, holding);
  for (const id of start) state.steps[id] = { ...state.steps[id], status: 'running' };
  if (start.length === 0 && !has(state, 'running')) state.outcome = outcome(root, state, failed);
  const asks = event.type === 'cancel' || event.type === 'stepWaiting';
  const interrupt = asks && state.cancelling ? interruptible(root, state, null) : [];
  return { state, start, interrupt };
}

function apply(before: RunnerState, event: RunnerEvent): RunnerState {
  const state: RunnerState = { ...before, steps: { ...before.steps } };
  switch (event.type) {
    case 'begin':
      break;
    case 'pause':
      state.paused = true;
      break;
    case 'resume':
      state.paused = false;
      break;
    case 'cancel':
      state.cancelling = true;
      break;
    case 'stepDone':
      finish(state, event.id, { status: 'done', endedAt: event.at, ...(event.note && { note: event.note }) });
      break;
    case 'stepFailed':
      finish(state, event.id, { status: 'failed', endedAt: event.at, error: event.error });
      break;
    case 'stepCancelled':
      // Called off before it did anything: as if it had never been begun, so that what came before can be put back.
      if (state.cancelling && state.steps[event.id]?.waiting === true) state.steps[event.id] = { status: 'pending' };
      else finish(state, event.id, { status: 'cancelled', endedAt: event.at });
      break;
    case 'stepWaiting':
      wait(state, event.id, event.waiting);
      break;
  }
  return state;
}

/** A late or repeated report of a step that does not run changes nothing. */
function finish(state: RunnerState, id: string, end: StepState): void {
  const step = state.steps[id];
  if (step?.status !== 'running') return;
  const { waiting: _, ...begun } = step;
  state.steps[id] = { ...begun, ...end };
}

function wait(state: RunnerState, id: string, waiting: boolean): void {
  const step = state.steps[id];
  if (step?.status !== 'running') return;
  const { waiting: _, ...acting } = step;
  state.steps[id] = waiting ? { ...acting, waiting } : acting;
}

function outcome(root: PlanNode, state: RunnerState, failed: boolean): RunnerState['outcome'] {
  if (failed) return 'failed';
  if (finished(root, state)) return 'completed';
  return state.cancelling || has(state, 'cancelled') ? 'cancelled' : null;
}

function has(state: RunnerState, status: StepState['status']): boolean {
  return Object.values(state.steps).some((step) => step.status === status);
}

function finished(node: PlanNode, state: RunnerState): boolean {
  return runnableSteps(node).every((step) => state.steps[step.id]?.status === 'done');
}

/** Whether anything of a node was ever started. */
export function begun(node: PlanNode, state: RunnerState): boolean {
  return runnableSteps(node).some((step) => state.steps[step.id]?.status !== 'pending');
}

function startable(node: PlanNode, state: RunnerState, holding: boolean): string[] {
  if (node.type === 'step') return state.steps[node.id]?.status === 'pending' && !holding ? [node.id] : [];
  const inside = holding && !(node.atomic === true && begun(node, state));
  if (node.type === 'parallel') return startableInParallel(node, state, inside);
  const next = node.children.find((child) => !finished(child, state));
  return next ? startable(next, state, inside) : [];
}

function startableInParallel(group: PlanGroup, state: RunnerState, holding: boolean): string[] {
  const limit = group.limit ?? group.children.length;
  const open = group.children.filter((child) => begun(child, state) && !finished(child, state));
  const fresh = group.children.filter((child) => !begun(child, state) && !finished(child, state));
  const admitted = [...open, ...fresh.slice(0, Math.max(0, limit - open.length))];
  return admitted.flatMap((child) => startable(child, state, holding));
}

/** @param group the outermost atomic group around the node */
function interruptible(node: PlanNode, state: RunnerState, group: PlanNode | null): string[] {
  if (node.type === 'step') {
    if (state.steps[node.id]?.status !== 'running') return [];
    return group === null || waitsAtHead(node.id, group, state) ? [node.id] : [];
  }
  return node.children.flatMap((child) => interruptible(child, state, group ?? (node.atomic === true ? node : null)));
}

/** Nothing of the group was done: its first step waits for its checks. */
function waitsAtHead(id: string, group: PlanNode, state: RunnerState): boolean {
  const others = runnableSteps(group).filter((step) => step.id !== id);
  return state.steps[id]?.waiting === true && others.every((step) => state.steps[step.id]?.status === 'pending');
}
