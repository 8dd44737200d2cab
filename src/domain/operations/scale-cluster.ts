import { z } from 'zod';
import { sequence } from '../plan/index.js';
import { chooseMembers, installOn, joinRunning, members, refuse, reopen } from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation } from './define-operation.js';

export const scaleCluster = defineOperation({
  type: 'scaleCluster',
  summary: 'Adds nodes from the spare hosts, one at a time, each synchronized before the next.',
  input: z.strictObject({
    ...commonInput,
    nodes: z.number().int().min(1).max(1000).describe('How many nodes the cluster shall have.'),
  }),
  lease: true,
  cli: {
    command: 'scale',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'nodes',
        field: 'nodes',
        value: 'N',
        type: 'number',
        required: true,
        describe: 'How many nodes the cluster shall have.',
      },
    ],
    examples: ['hivekeeper scale prod --nodes 4 --wait'],
  },
  preflight: ({ spec, record }, input) => chooseMembers(spec, record, input.nodes).added,
  plan: (context, input) => {
    const { spec, record } = context;
    const current = members(context);
    if (input.nodes < current.length)
      refuse(context, `${current.join(', ')} are members; name the node to remove with decommissionNode`);
    const chosen = chooseMembers(spec, record, input.nodes);
    if (chosen.missing > 0)
      refuse(context, `${chosen.missing} more hosts with the role node are needed; add hosts, or uncordon one`);
    const { version } = spec.broker;
    return {
      title: `Scale ${spec.name} to ${input.nodes} nodes`,
      changes: chosen.added.map((host) => `${host} joins with ${version}`),
      members: chosen.members,
      root: sequence('scale', `Scale ${spec.name}`, [
        reopen(context, current),
        installOn(context, chosen.added, version),
        ...chosen.added.map((host, index) =>
          joinRunning(context, host, version, [...current, ...chosen.added.slice(0, index)]),
        ),
        chosen.added.length > 0 ? planStep('verifyCluster', { members: chosen.members }) : null,
      ]),
      checks: [
        {
          names: ['synchronized', 'really-gone', 'license-covers'],
          target: null,
          purpose: 'join',
          nodesAtOnce: chosen.members.length,
        },
      ],
      accepts: [
        { type: 'countSet', nodes: input.nodes },
        { type: 'specAccepted', spec: { ...spec, nodes: input.nodes } },
      ],
    };
  },
});
