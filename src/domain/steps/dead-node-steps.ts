import { z } from 'zod';
import { defineStep, patient, quick } from './define-step.js';

const host = z.string();

export const fenceNode = defineStep({
  kind: 'fenceNode',
  meaning: 'Has the worker’s fencing hook power an unreachable host off, and waits until nothing of it answers.',
  input: z.object({ host }),
  title: (input) => `Power ${input.host} off and make sure that nothing of it answers`,
  fenced: true,
  guards: ['really-gone'],
  purpose: () => 'forget',
  // What switches a host off may be busy; one that fails three times is for people to look at.
  timeouts: { ...patient, maximumAttempts: 3 },
});

export const dropNode = defineStep({
  kind: 'dropNode',
  meaning:
    'Takes a dead node out of the gate, the bucket of S3 discovery and the record, its host cordoned. Where the host can be reached, it is retired and its data moved aside.',
  input: z.object({ host, reason: z.enum(['forgotten', 'replaced']) }),
  title: (input) => `Take ${input.host} out of the cluster without a drain, its data left where it is`,
  fenced: true,
  guards: ['really-gone', 'data-kept'],
  purpose: () => 'forget',
  timeouts: quick,
});

export const removeAnnouncement = defineStep({
  kind: 'removeAnnouncement',
  meaning: 'Removes what a node that does not run announces in the bucket of S3 discovery.',
  input: z.object({ host }),
  title: (input) => `Remove what ${input.host} announces in the bucket`,
  fenced: true,
  guards: ['really-gone'],
  purpose: () => 'recovery',
  timeouts: quick,
});
