import { z } from 'zod';
import { defineStep, patient, quick } from './define-step.js';

export const noteVersion = defineStep({
  kind: 'noteVersion',
  meaning: 'Notes in the record the version that an upgrade brings the cluster to.',
  input: z.object({ version: z.string(), spec: z.record(z.string(), z.unknown()) }),
  title: (input) => `Note ${input.version} as the version that the cluster goes to`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const settleVersion = defineStep({
  kind: 'settleVersion',
  meaning:
    'After an upgrade that ended early: the record names the version of before where no member runs the new one.',
  input: z.object({ version: z.string(), before: z.string() }),
  title: (input) => `Take ${input.version} out of the record where no member runs it`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const soakNode = defineStep({
  kind: 'soakNode',
  meaning:
    'Watches a node that has a new version: its process, readiness, place in the cluster, listeners, errors and clients. With `back` one that fails goes back to that version.',
  input: z.object({
    host: z.string(),
    version: z.string(),
    /** Milliseconds. */
    soak: z.number().int(),
    members: z.array(z.string()),
    back: z.string().optional(),
  }),
  title: (input) => `Watch ${input.host} on ${input.version} for ${input.soak / 1000} s`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: patient,
});
