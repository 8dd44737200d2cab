import { z } from 'zod';
import { parseJson } from './health.js';

const answerSchema = z.object({
  diagnosticArchive: z.object({
    /** Part of a path on the nodes. */
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
    state: z.string(),
    failReason: z.string().nullish(),
  }),
});

export interface DiagnosticArchive {
  readonly id: string;
  /** IN_PROGRESS, COMPLETED or FAILED. */
  readonly state: string;
  readonly failReason: string | null;
}

/** Reads what the REST API answers; null where that is no archive. */
export function readDiagnosticArchive(text: string): DiagnosticArchive | null {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { id, state, failReason } = parsed.data.diagnosticArchive;
  return { id, state, failReason: failReason ?? null };
}
