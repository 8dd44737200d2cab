import { z } from 'zod';
import { defineStep, quick } from './define-step.js';

const host = z.string();

export const configureBalancer = defineStep({
  kind: 'configureBalancer',
  meaning:
    'Brings HAProxy of one host to its spec and to these members: checked by HAProxy before it is put in place, then taken up without cutting a connection.',
  input: z.object({ host, members: z.array(z.string()) }),
  title: (input) => `Have HAProxy on ${input.host} serve ${input.members.join(', ')}`,
  fenced: true,
  guards: [],
  purpose: () => 'join',
  timeouts: quick,
});

export const retireBalancer = defineStep({
  kind: 'retireBalancer',
  meaning: 'Stops HAProxy of one host for good, its files kept, and frees the host for other clusters.',
  input: z.object({ host }),
  title: (input) => `Stop HAProxy on ${input.host}`,
  fenced: true,
  guards: [],
  purpose: () => 'shutdown',
  timeouts: quick,
});
