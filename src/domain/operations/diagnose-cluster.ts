import { z } from 'zod';
import { parallel, sequence } from '../plan/index.js';
import { members } from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation } from './define-operation.js';

const { cluster, reason } = commonInput;
const mebibyte = 1024 * 1024;
/** Nodes that are read at once. */
const together = 4;

export const diagnoseCluster = defineOperation({
  type: 'diagnoseCluster',
  summary:
    'Collects logs, configuration, facts and diagnostic archives of all nodes into one file on the worker’s disk, secrets masked; takes no lease.',
  input: z.strictObject({
    cluster,
    reason,
    logMebibytes: z
      .int()
      .min(1)
      .max(10_240)
      .default(50)
      .describe('Mebibytes of log files taken from each node, the newest first.'),
  }),
  lease: false,
  cli: {
    command: 'diagnose',
    own: true,
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'log-mebibytes',
        field: 'logMebibytes',
        value: 'N',
        type: 'number',
        describe: 'Mebibytes of log files taken from each node, the newest first; default 50.',
      },
    ],
    examples: ['hivekeeper diagnose prod --wait', 'hivekeeper diagnose prod --log-mebibytes 200 --wait'],
  },
  plan: (context, { logMebibytes }) => {
    const hosts = members(context).sort();
    const title = `Collect diagnostics of ${context.spec.name}`;
    return {
      title,
      changes: [],
      members: hosts,
      root: sequence('diagnose', title, [
        planStep(
          'requestArchives',
          { hosts },
          { undo: { kind: 'removeArchives', input: { hosts }, until: 'cluster/removeArchives' } },
        ),
        parallel(
          'collect',
          'Collect from each node',
          hosts.map((host) => planStep('collectNode', { host, logBytes: logMebibytes * mebibyte })),
          { limit: together },
        ),
        planStep('packDiagnostics', { hosts, stamp: context.stamp }),
        planStep('removeArchives', { hosts }),
      ]),
      // What they find belongs into the report, and stops nothing.
      checks: [
        {
          names: ['really-gone', 'synchronized', 'max-unavailable', 'replica-count', 'disk', 'authentication'],
          target: null,
          purpose: 'restart',
        },
      ],
    };
  },
});
