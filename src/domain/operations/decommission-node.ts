import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { leave, members, nodeOf, refuse, reopen, serves } from '../planning/index.js';
import { sequence } from '../plan/index.js';
import { commonInput, defineOperation, hostNameSchema } from './define-operation.js';

export const decommissionNode = defineOperation({
  type: 'decommissionNode',
  summary: 'Takes a node out for good: clients moved, data handed over to the others, data folder kept.',
  input: z.strictObject({ ...commonInput, node: hostNameSchema.describe('Host name of the node.') }),
  lease: true,
  cli: {
    command: 'decommission',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'node', field: 'node', describe: 'Host name of the node.' },
    ],
    options: [],
    examples: ['hivekeeper decommission prod n2 --dry-run', 'hivekeeper decommission prod n2 --wait'],
  },
  plan: (context, input) => {
    const { spec, record } = context;
    const current = members(context);
    const retired = record.membership.cordoned.some((entry) => entry.host === input.node);
    if (!current.includes(input.node) && !retired) {
      throw new HivekeeperError(
        'UnknownNode',
        `${spec.name} has no node ${input.node}; members: ${current.join(', ')}`,
      );
    }
    if (!spec.policy.allowDecommission) refuse(context, 'policy.allowDecommission is false in its spec');
    const staying = current.filter((host) => host !== input.node);
    if (staying.length === 0) refuse(context, `${input.node} is its last member; use removeCluster`);
    const down = staying.filter((host) => !serves(context, host));
    if (down.length > 0 && nodeOf(context, input.node).process?.running !== true) {
      refuse(
        context,
        `${input.node} is down and can hand nothing over, and so is ${down.join(', ')}; run recoverCluster`,
      );
    }
    return {
      title: `Decommission ${input.node} of ${spec.name}`,
      changes: current.includes(input.node) ? [`${input.node} leaves; ${staying.join(', ')} stay`] : [],
      members: staying,
      root: sequence('decommission', `Decommission ${input.node}`, [
        reopen(context, staying),
        leave(context, input.node, staying),
      ]),
      checks: [
        {
          names: ['really-gone', 'synchronized', 'max-unavailable', 'replicas', 'data-kept'],
          target: input.node,
          purpose: 'leave',
        },
      ],
      accepts: [{ type: 'specAccepted', spec: { ...spec, nodes: staying.length } }],
    };
  },
});
