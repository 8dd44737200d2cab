import { z } from 'zod';

export const outcomes = ['completed', 'failed', 'cancelled', 'rejected', 'interrupted'] as const;

export const journalEntrySchema = z.object({
  requestId: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  operation: z.string(),
  /** Fencing token of its lease, by which hosts tell what it has done. */
  token: z.number().int().optional(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  outcome: z.enum(outcomes).optional(),
  /** One line: what was done, or why it failed. */
  summary: z.string().optional(),
  /** Checks that were overridden, with their reasons. */
  overrides: z.array(z.object({ check: z.string(), reason: z.string() })).optional(),
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** The last operations, oldest first. */
export const journalSchema = z.array(journalEntrySchema);
export type Journal = z.infer<typeof journalSchema>;

const kept = 50;

export const journalEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begun'), entry: journalEntrySchema }),
  z.object({
    type: z.literal('ended'),
    requestId: z.string(),
    at: z.string(),
    outcome: z.enum(outcomes),
    summary: z.string(),
    overrides: z.array(z.object({ check: z.string(), reason: z.string() })).optional(),
  }),
]);
export type JournalEvent = z.infer<typeof journalEventSchema>;

export function journalReducer(journal: Journal, event: JournalEvent): Journal {
  if (event.type === 'begun') {
    const known = journal.find((entry) => entry.requestId === event.entry.requestId);
    if (known?.runId === event.entry.runId) return journal;
    return [...journal.filter((entry) => entry.requestId !== event.entry.requestId), event.entry].slice(-kept);
  }
  const { at, outcome, summary, overrides } = event;
  return journal.map((entry) =>
    entry.requestId === event.requestId && entry.outcome === undefined
      ? { ...entry, endedAt: at, outcome, summary, ...(overrides && { overrides }) }
      : entry,
  );
}
