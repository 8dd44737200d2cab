import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import {
  assuredGone,
  forget,
  isAlive,
  members,
  nodeOf,
  type PlanContext,
  refuse,
  refuseFencing,
  refuseStranger,
  reopen,
  serves,
  verifyServing,
} from '../planning/index.js';
import { sequence } from '../plan/index.js';
import { assuranceInput, assuranceOptions } from './assurance-input.js';
import { commonInput, defineOperation, hostNameSchema } from './define-operation.js';

export const forgetNode = defineOperation({
  type: 'forgetNode',
  summary:
    'Takes a dead node out for good, without a drain: out of gate, discovery, files and record, its host cordoned.',
  input: z.strictObject({
    ...commonInput,
    node: hostNameSchema.describe('Host name of the dead node.'),
    ...assuranceInput,
  }),
  lease: true,
  cli: {
    command: 'forget-node',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'node', field: 'node', describe: 'Host name of the dead node.' },
    ],
    options: assuranceOptions,
    examples: ['hivekeeper forget-node prod n3 --gone n3 --dry-run', 'hivekeeper forget-node prod n3 --fence --wait'],
  },
  confirmedGone: (input) => assuredGone(input, input.node),
  plan: (context, input) => {
    const { spec } = context;
    const { node } = input;
    const current = members(context);
    const isMember = current.includes(node);
    const staying = current.filter((host) => host !== node);
    refuseUnknown(context, node);
    if (isMember) refuseMember(context, node, staying);
    refuseStranger(context, node);
    refuseFencing(context, input);
    return {
      title: `Forget ${node} of ${spec.name}`,
      changes: isMember ? [lineOf(context, node, input.fence), `${staying.join(', ')} stay`] : [],
      members: staying,
      root: sequence('forget', `Forget ${node}`, [
        reopen(
          context,
          staying.filter((host) => serves(context, host)),
        ),
        forget(context, node, { fence: input.fence, reason: 'forgotten' }),
        verifyServing(context, staying),
      ]),
      checks: isMember ? [{ names: ['really-gone', 'replicas', 'data-kept'], target: node, purpose: 'forget' }] : [],
      // Not before: with a host that could not be made to be off nothing has changed.
      completes: [{ type: 'specAccepted', spec: { ...spec, nodes: staying.length } }],
    };
  },
});

/** A node that an earlier run took out already is known by its cordoned host. */
function refuseUnknown(context: PlanContext, node: string): void {
  const current = members(context);
  const { cordoned } = context.record.membership;
  if (current.includes(node) || cordoned.some(({ host }) => host === node)) return;
  throw new HivekeeperError('UnknownNode', `${context.spec.name} has no node ${node}; members: ${current.join(', ')}`);
}

function refuseMember(context: PlanContext, node: string, staying: readonly string[]): void {
  if (!context.spec.policy.allowDecommission) refuse(context, 'policy.allowDecommission is false in its spec');
  if (staying.length === 0) refuse(context, `${node} is its last member; use recoverCluster, or removeCluster`);
  if (!isAlive(context, node)) return;
  refuse(
    context,
    `${node} is alive: its host answers and ${nodeOf(context, node).process === null ? 'does not tell whether its broker runs' : 'its broker runs'}; use decommissionNode, which moves its clients and hands its data over first`,
  );
}

function lineOf(context: PlanContext, node: string, fence: boolean): string {
  if (nodeOf(context, node).reachable) return `${node} is dead: it is retired and its data moved aside on its host`;
  return `${node} is dead: it leaves${fence ? ' once its host is powered off' : ''}, what lies on its host stays as it is`;
}
