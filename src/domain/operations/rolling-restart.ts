import { z } from 'zod';
import { members } from '../planning/index.js';
import { commonInput, defineOperation } from './define-operation.js';
import { restartDraft } from './restart-draft.js';

export const rollingRestart = defineOperation({
  type: 'rollingRestart',
  summary: 'Restarts every node, one at a time, drained and synchronized before each stop; nothing is changed.',
  input: z.strictObject({
    ...commonInput,
    reason: z.string().trim().min(3).max(500).describe('Why it is done; kept in its history.'),
  }),
  lease: true,
  cli: {
    command: 'restart',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [],
    examples: ['hivekeeper restart prod --reason "new kernel limits" --wait'],
  },
  plan: (context, input) =>
    restartDraft(context, {
      operation: 'rollingRestart',
      title: `Restart ${context.spec.name}, one node at a time`,
      hosts: members(context),
      reason: input.reason,
    }),
});
