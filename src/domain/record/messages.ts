import { z } from 'zod';
import { journalEventSchema } from './journal.js';
import { leaseRequestSchema } from './lease.js';
import { recordChangeSchema, recordStateSchema } from './record.js';

/** Names of the record's signals, queries and updates: frozen API. */
export const recordMessages = {
  requestLease: 'requestLease',
  releaseLease: 'releaseLease',
  report: 'report',
  state: 'state',
  uncordon: 'uncordon',
  /** The signal that a run gets as an answer to `requestLease`. */
  leaseDecision: 'leaseDecision',
} as const;

export const recordWorkflowType = 'clusterRecord';
export const recordWorkflowId = (cluster: string): string => `cluster/${cluster}`;

export const recordInputSchema = z.object({
  state: recordStateSchema,
  /** Continue as new after this many history events; default: when the server suggests it. */
  continueAfterEvents: z.number().int().positive().optional(),
});
export type RecordInput = z.infer<typeof recordInputSchema>;

export const releaseSchema = z.object({
  requestId: z.string(),
  runId: z.string(),
  ended: journalEventSchema.optional(),
});
export type Release = z.infer<typeof releaseSchema>;

export const reportSchema = z.object({ workflowId: z.string(), runId: z.string(), change: recordChangeSchema });
export type Report = z.infer<typeof reportSchema>;

export const uncordonSchema = z.strictObject({ host: z.string() });
export type Uncordon = z.infer<typeof uncordonSchema>;

export const requestLeaseSchema = leaseRequestSchema;

export const leaseDecisionSchema = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('granted'), requestId: z.string(), runId: z.string(), token: z.number().int() }),
  z.object({ decision: z.literal('queued'), requestId: z.string(), position: z.number().int(), behind: z.string() }),
  z.object({ decision: z.literal('refused'), requestId: z.string(), behind: z.string() }),
]);
