import { z } from 'zod';
import { sequence } from '../plan/index.js';
import { members } from '../planning/index.js';
import { commonInput, defineOperation } from './define-operation.js';

const { cluster, reason } = commonInput;

export const checkCluster = defineOperation({
  type: 'checkCluster',
  summary: 'Observes the cluster and evaluates its safety checks; changes nothing and takes no lease.',
  input: z.strictObject({
    cluster,
    reason,
    dryRun: z.literal(true).default(true).describe('Always true: it changes nothing.'),
  }),
  lease: false,
  cli: {
    command: 'check',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [],
    examples: ['hivekeeper check prod', 'hivekeeper check prod --json'],
  },
  plan: (context) => ({
    title: `Check ${context.spec.name}`,
    changes: [],
    members: members(context),
    root: sequence('check', `Check ${context.spec.name}`, []),
    // As before a restart of any node, so that the verdict tells whether one could be disturbed now.
    checks: [
      {
        names: ['really-gone', 'synchronized', 'max-unavailable', 'replica-count', 'disk', 'authentication'],
        target: null,
        purpose: 'restart',
      },
    ],
  }),
});
