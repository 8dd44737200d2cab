import { z } from 'zod';
import type { ClusterCheckName } from '../checks/index.js';
import { HivekeeperError } from '../errors/index.js';
import { sequence } from '../plan/index.js';
import { members, type PlanContext, rollOrder } from '../planning/index.js';
import { steps } from '../steps/index.js';
import { commonInput, defineOperation, hostNameSchema, type PlanDraft, versionSchema } from './define-operation.js';

const { cluster, reason, overrideChecks } = commonInput;

const disturbances = ['restart', 'upgrade', 'decommission', 'scale', 'recover'] as const;
type Disturbance = (typeof disturbances)[number];

export const checkCluster = defineOperation({
  type: 'checkCluster',
  summary: 'Observes the cluster and evaluates its safety checks; changes nothing and takes no lease.',
  input: z.strictObject({
    cluster,
    reason,
    for: z
      .enum(disturbances)
      .optional()
      .describe('The checks right before the first step of such an operation that would disturb a node.'),
    node: hostNameSchema.optional().describe('The node that it would disturb; default: the one that comes first.'),
    version: versionSchema.optional().describe('With `for: upgrade`: the version to upgrade to.'),
    overrideChecks,
    dryRun: z.literal(true).default(true).describe('Always true: it changes nothing.'),
  }),
  lease: false,
  cli: {
    command: 'check',
    overrides: true,
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'for',
        field: 'for',
        value: 'OPERATION',
        type: 'string',
        describe: `What may be about to happen: ${disturbances.join(', ')}. Default: the checks that always matter.`,
      },
      { flag: 'node', field: 'node', value: 'NODE', type: 'string', describe: 'The node that it would disturb.' },
      {
        flag: 'to',
        field: 'version',
        value: 'VERSION',
        type: 'string',
        describe: 'With `--for upgrade`: the version to upgrade to.',
      },
    ],
    examples: [
      'hivekeeper check prod',
      'hivekeeper check prod --for upgrade --to 4.31.0',
      'hivekeeper check prod --json',
    ],
  },
  adjustSpec: (spec, { version }) => (version === undefined ? spec : { ...spec, broker: { ...spec.broker, version } }),
  plan: (context, input) => ({
    title: `Check ${context.spec.name}${input.for === undefined ? '' : ` before: ${input.for}`}`,
    changes: [],
    members: members(context),
    root: sequence('check', `Check ${context.spec.name}`, []),
    checks: input.for === undefined ? always : checksBefore(context, input.for, input.node),
  }),
});

/** As before a restart of any node, so that the verdict tells whether one could be disturbed now. */
const always: PlanDraft['checks'] = [
  {
    names: ['really-gone', 'synchronized', 'max-unavailable', 'replica-count', 'disk', 'authentication'],
    target: null,
    purpose: 'restart',
  },
];

/** Guards of the steps that take a node out; that it has no clients is brought about by the operation itself. */
const taking = [...steps.closeTraffic.guards, ...steps.drainNode.guards, ...steps.stopNode.guards].filter(
  (name) => name !== 'drained',
);

function checksBefore(context: PlanContext, what: Disturbance, node: string | undefined): PlanDraft['checks'] {
  const target = targetOf(context, node);
  const unique = (...names: ClusterCheckName[]): ClusterCheckName[] => [...new Set(names)];
  const out = unique('really-gone', 'maintenance-window', ...taking);
  const nodesAtOnce = members(context).length + 1;
  switch (what) {
    case 'restart':
      return [{ names: [...out, 'disk'], target, purpose: 'restart' }];
    case 'upgrade': {
      const surges = context.spec.policy.upgrade.surge === 'required';
      const names = unique('versions', ...out, 'disk', 'license-covers');
      return [{ names, target, purpose: 'restart', ...(surges && { nodesAtOnce }) }];
    }
    case 'decommission':
      return [{ names: out, target, purpose: 'leave' }];
    case 'scale': {
      const names = unique('really-gone', 'synchronized', ...steps.startNode.guards);
      return [{ names, target: null, purpose: 'join', nodesAtOnce }];
    }
    case 'recover':
      return [{ names: ['really-gone'], target: null, purpose: 'recovery' }];
  }
}

/** @throws HivekeeperError UnknownNode */
function targetOf(context: PlanContext, node: string | undefined): string | null {
  const current = members(context);
  if (node === undefined) return rollOrder(context, current)[0] ?? null;
  if (current.includes(node)) return node;
  throw new HivekeeperError('UnknownNode', `${context.spec.name} has no node ${node}; members: ${current.join(', ')}`);
}
