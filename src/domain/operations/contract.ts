import { z } from 'zod';
import { checkResultSchema, planSchema } from '../plan/index.js';
import { operationEventSchema } from '../events/index.js';
import { leftOverSchema } from '../reports/index.js';
import { recordChangeSchema } from '../record/index.js';
import { runnerStateSchema } from '../runner/index.js';
import type { ParsedInput } from './define-operation.js';

/** What a step's activity gets: who asks, which step, and the step's own input. Everything else is in the record. */
export interface StepEnvelope {
  readonly cluster: string;
  readonly operation: string;
  readonly stepId: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Fencing token of the lease under which the step runs. */
  readonly token: number;
  readonly overrides: readonly { readonly check: string; readonly reason: string }[];
  readonly confirmedGone: readonly string[];
}

/** What a step did, in one line for people. */
export interface StepResult {
  readonly note: string;
}

export interface PrepareRequest {
  readonly type: string;
  readonly input: ParsedInput;
}

/** One row of a status table. */
export const nodeSummarySchema = z.object({
  host: z.string(),
  member: z.boolean(),
  state: z.string(),
  version: z.string().nullable(),
  clients: z.number().int().nullable(),
  sees: z.number().int().nullable(),
  note: z.string(),
});
export type NodeSummary = z.infer<typeof nodeSummarySchema>;

/** A plan as the workflow gets it: computed once, in an activity, so that the plan in the history is what runs. */
export const preparedPlanSchema = z.object({
  plan: planSchema,
  /** SHA-256 over what the plan does; an approval names it. */
  hash: z.string(),
  nodes: z.array(nodeSummarySchema),
  accepts: z.array(recordChangeSchema),
  completes: z.array(recordChangeSchema),
});
export type PreparedPlan = z.infer<typeof preparedPlanSchema>;

export const phases = [
  'queued',
  'planning',
  'awaiting-approval',
  'running',
  'paused',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'rejected',
] as const;
export type Phase = (typeof phases)[number];

/** Answer of the query `progress`. */
export const progressSchema = z.object({
  operation: z.string(),
  cluster: z.string(),
  phase: z.enum(phases),
  /** What it waits for, in one line, when it is not a step. */
  waitingFor: z.string().nullable(),
  planHash: z.string().nullable(),
  startedAt: z.string(),
  /** For one that was cancelled or has failed: what stands where, and the command that finishes it. */
  left: leftOverSchema.extend({ again: z.string(), back: z.string().nullable() }).optional(),
  /** What its steps told besides their ends, the latest last; the oldest are left out. */
  events: z.array(operationEventSchema).optional(),
  steps: z.array(
    z
      .object({
        id: z.string(),
        title: z.string(),
        node: z.string().optional(),
        skip: z.string().optional(),
        /** What a running step waits for, or where it stalls, with the time since when. */
        waitingFor: z.string().optional(),
      })
      .extend(runnerStateSchema.shape.steps.valueType.shape),
  ),
});
export type OperationProgress = z.infer<typeof progressSchema>;

/** Result of every operation's workflow. */
export const reportSchema = z.object({
  operation: z.string(),
  cluster: z.string(),
  status: z.enum(['completed', 'dry-run', 'checked']),
  title: z.string(),
  changes: z.array(z.string()),
  warnings: z.array(z.string()),
  checks: z.array(checkResultSchema),
  members: z.array(z.string()),
  planHash: z.string(),
  nodes: z.array(nodeSummarySchema),
  steps: progressSchema.shape.steps,
  startedAt: z.string(),
  endedAt: z.string(),
});
export type OperationReport = z.infer<typeof reportSchema>;

/** Names of an operation's signals and queries: frozen API. */
export const operationMessages = {
  pause: 'pause',
  resume: 'resume',
  approve: 'approve',
  reject: 'reject',
  setDrainRate: 'setDrainRate',
  /** From the operation's own steps: an event. */
  notice: 'notice',
  plan: 'plan',
  progress: 'progress',
  drainRates: 'drainRates',
} as const;

export const approveSchema = z.strictObject({ planHash: z.string().describe('Hash of the plan that is approved.') });
export const rejectSchema = z.strictObject({ reason: z.string().default('no reason given') });

export const taskQueue = 'hivekeeper';
