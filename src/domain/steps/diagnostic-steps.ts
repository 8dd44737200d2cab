import { z } from 'zod';
import type { Purpose } from '../checks/index.js';
import { defineStep, patient, quick } from './define-step.js';

/** None of them needs the lease: they must work while another operation hangs. */
const unfenced = { fenced: false, guards: [], purpose: (): Purpose => 'recovery' };

export const requestArchives = defineStep({
  kind: 'requestArchives',
  meaning: 'Asks the brokers to make their own diagnostic archives, where their REST API offers that.',
  input: z.object({ hosts: z.array(z.string()) }),
  title: () => 'Have the brokers make diagnostic archives',
  ...unfenced,
  timeouts: quick,
});

export const collectNode = defineStep({
  kind: 'collectNode',
  meaning:
    'Brings logs, configuration, facts of host and process and the broker’s own archive of one node to the worker, secrets masked. A node that cannot be reached is noted.',
  input: z.object({ host: z.string(), logBytes: z.number().int().positive() }),
  title: (input) => `Collect logs, configuration and facts of ${input.host}`,
  ...unfenced,
  timeouts: patient,
});

export const packDiagnostics = defineStep({
  kind: 'packDiagnostics',
  meaning: 'Packs what was collected, an observation and the record into one archive on the disk of the worker.',
  input: z.object({ hosts: z.array(z.string()), stamp: z.string().regex(/^\d+$/) }),
  title: () => 'Pack everything into one archive',
  ...unfenced,
  timeouts: patient,
});

export const removeArchives = defineStep({
  kind: 'removeArchives',
  meaning:
    'Removes the brokers’ archives that this operation asked for from the nodes, and its scratch folder from the worker.',
  input: z.object({ hosts: z.array(z.string()) }),
  title: () => 'Remove what was made for this from nodes and worker',
  ...unfenced,
  timeouts: quick,
});
