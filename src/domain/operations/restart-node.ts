import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { members } from '../planning/index.js';
import { commonInput, defineOperation, hostNameSchema } from './define-operation.js';
import { restartDraft } from './restart-draft.js';

export const restartNode = defineOperation({
  type: 'restartNode',
  summary: 'Restarts one node, drained and synchronized before its stop; nothing is changed.',
  input: z.strictObject({ ...commonInput, node: hostNameSchema.describe('Host name of the node.') }),
  lease: true,
  cli: {
    command: 'restart-node',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'node', field: 'node', describe: 'Host name of the node.' },
    ],
    options: [],
    examples: ['hivekeeper restart-node prod n2 --wait'],
  },
  plan: (context, input) => {
    const current = members(context);
    if (!current.includes(input.node)) {
      throw new HivekeeperError(
        'UnknownNode',
        `${context.spec.name} has no node ${input.node}; members: ${current.join(', ')}`,
      );
    }
    return restartDraft(context, {
      operation: 'restartNode',
      title: `Restart ${input.node} of ${context.spec.name}`,
      hosts: [input.node],
      reason: input.reason ?? 'as asked for',
    });
  },
});
