import { z } from 'zod';
import { defineStep, patient } from './define-step.js';

/** `drainNode` stands beside the other steps of a node, as histories have it. */
export const awaitClients = defineStep({
  kind: 'awaitClients',
  meaning:
    'Waits, once a node is stopped, until its clients are seen on the other members and those are synchronized (`policy.drain.order: after-stop`).',
  input: z.object({ host: z.string(), purpose: z.enum(['restart', 'leave', 'shutdown']) }),
  title: (input) => `Wait until the clients of ${input.host} are seen elsewhere`,
  fenced: true,
  guards: [],
  purpose: (input) => input.purpose,
  timeouts: patient,
});
