import { z } from 'zod';

export const stepStatuses = ['pending', 'running', 'done', 'skipped', 'failed', 'cancelled', 'undone'] as const;

export const stepStateSchema = z.object({
  status: z.enum(stepStatuses),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** One line: what the step did or found. */
  note: z.string().optional(),
  error: z.string().optional(),
  /** It runs, waits for its checks and has done nothing yet. */
  waiting: z.boolean().optional(),
});
export type StepState = z.infer<typeof stepStateSchema>;

/** The mark of each status, the same in the Temporal UI and on the command line. */
export const stepMarks: Readonly<Record<StepState['status'], string>> = {
  pending: '·',
  running: '▶',
  done: '✔',
  skipped: '–',
  failed: '✘',
  cancelled: '■',
  undone: '↺',
};

/** Where a run stands. Plain JSON, so that it survives a query, a report and continue-as-new alike. */
export const runnerStateSchema = z.object({
  steps: z.record(z.string(), stepStateSchema),
  paused: z.boolean(),
  cancelling: z.boolean(),
  outcome: z.enum(['completed', 'failed', 'cancelled']).nullable(),
});
export type RunnerState = z.infer<typeof runnerStateSchema>;

export type RunnerEvent =
  | { type: 'begin' }
  | { type: 'stepDone'; id: string; at: string; note?: string }
  | { type: 'stepFailed'; id: string; at: string; error: string }
  | { type: 'stepCancelled'; id: string; at: string }
  | { type: 'stepWaiting'; id: string; waiting: boolean }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel' };

/** What the shell has to do next. */
export interface Advance {
  readonly state: RunnerState;
  /** Steps to start now; they are already `running` in `state`, without a start time. */
  readonly start: readonly string[];
  /** Running steps that a cancel may interrupt: those outside every atomic group, and one that waits at the head of its group. */
  readonly interrupt: readonly string[];
}
