import { z } from 'zod';
import { defineStep, patient } from './define-step.js';

const day = 24 * 60 * 60 * 1000;

export const awaitWindow = defineStep({
  kind: 'awaitWindow',
  meaning: 'Waits for a maintenance window of the policy before a node that serves is disturbed.',
  input: z.object({ host: z.string() }),
  title: (input) => `Await a maintenance window for ${input.host}`,
  fenced: true,
  guards: ['maintenance-window'],
  purpose: () => 'restart',
  // A window may open once a year, and every restart of the worker takes an attempt.
  timeouts: { ...patient, startToClose: 400 * day, maximumAttempts: 10_000 },
});
