import type { OperationProgress } from '../../domain/operations/index.js';
import type { PendingActivity } from './waits.js';

/** What each running step waits for, by the id of the step. */
export type StepWaits = Readonly<Record<string, string>>;

/** What an activity waits for in one line; null when it has not said anything yet. */
export function waitOf(activity: PendingActivity): string | null {
  const retry =
    activity.attempt > 1 && activity.lastFailure !== null
      ? `attempt ${activity.attempt}, because: ${activity.lastFailure}`
      : null;
  return activity.waitingFor ?? retry;
}

/**
 * Finds the step of each activity. An activity that names no step is matched by kind and by order of start; where the
 * numbers differ (a step has just ended) nothing is said of that kind, which is better than something wrong.
 * @param kinds kind of each step of the plan, by id
 */
export function stepWaits(
  progress: OperationProgress,
  kinds: ReadonlyMap<string, string>,
  activities: readonly PendingActivity[],
): StepWaits {
  const running = progress.steps
    .filter((step) => step.status === 'running')
    .sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
  const waits: Record<string, string> = {};
  const note = (stepId: string | undefined, activity: PendingActivity): void => {
    const wait = waitOf(activity);
    if (stepId !== undefined && wait !== null) waits[stepId] = wait;
  };
  const named = activities.filter((activity) => activity.stepId !== null);
  for (const activity of named) note(activity.stepId ?? undefined, activity);
  const unnamed = activities.filter((activity) => activity.stepId === null).sort((a, b) => a.order - b.order);
  for (const kind of new Set(unnamed.map((activity) => activity.kind))) {
    const steps = running.filter((step) => kinds.get(step.id) === kind && !named.some((one) => one.stepId === step.id));
    const ofKind = unnamed.filter((activity) => activity.kind === kind);
    if (steps.length === ofKind.length) ofKind.forEach((activity, index) => note(steps[index]?.id, activity));
  }
  return waits;
}
