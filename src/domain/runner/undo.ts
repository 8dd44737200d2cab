import { findNode, type PlanNode, type PlanStep, stepsOf } from '../plan/index.js';
import { begun } from './advance.js';
import type { RunnerState } from './state.js';

/** Steps to put back after a run that failed or was cancelled, last one first: done ones whose point of no return was not passed. */
export function stepsToUndo(root: PlanNode, state: RunnerState): PlanStep[] {
  const undoable = stepsOf(root).filter((step) => {
    // A step that failed or was cut off may have acted before it ended, so it is put back too.
    const status = state.steps[step.id]?.status;
    if (step.undo === undefined || (status !== 'done' && status !== 'cancelled' && status !== 'failed')) return false;
    const point = findNode(root, step.undo.until);
    return point === null || !begun(point, state);
  });
  return undoable.reverse();
}
