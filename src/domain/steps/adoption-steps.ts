import { z } from 'zod';
import { defineStep, quick } from './define-step.js';

export const adoptNode = defineStep({
  kind: 'adoptNode',
  meaning:
    'Takes a running node that was made by hand into care: writes what is known of it, and touches nothing else.',
  input: z.object({
    host: z.string(),
    version: z.string(),
    /** The systemd unit that keeps the broker. */
    unit: z.string().nullable(),
    process: z.object({ pid: z.int(), startTime: z.string() }),
    /** Hash of what was found; another one means that somebody changes the node meanwhile. */
    state: z.string(),
  }),
  title: (input) => `Take ${input.host} into care, with ${input.version} as it runs`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});
