import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { type PlanNode, sequence } from '../plan/index.js';
import {
  type Assurance,
  assuredGone,
  chooseReplacement,
  forget,
  installOn,
  isAlive,
  joinRunning,
  leave,
  members,
  nodeOf,
  type PlanContext,
  refuse,
  refuseFencing,
  refuseStranger,
  reopen,
  type Replacement,
  serves,
} from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { assuranceInput, assuranceOptions } from './assurance-input.js';
import { commonInput, defineOperation, hostNameSchema, type PlanDraft } from './define-operation.js';

export const replaceNode = defineOperation({
  type: 'replaceNode',
  summary:
    'Rebuilds a node on a spare host with everything that the cluster has: a dead one is forgotten first, a living one leaves once the spare has joined.',
  input: z.strictObject({
    ...commonInput,
    node: hostNameSchema.describe('Host name of the node.'),
    with: hostNameSchema.optional().describe('The host that takes its place; default: the first one that is free.'),
    ...assuranceInput,
  }),
  lease: true,
  cli: {
    command: 'replace-node',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'node', field: 'node', describe: 'Host name of the node.' },
    ],
    options: [
      { flag: 'with', field: 'with', value: 'HOST', type: 'string', describe: 'The host that takes its place.' },
      ...assuranceOptions,
    ],
    examples: ['hivekeeper replace-node prod n3 --with n4 --dry-run', 'hivekeeper replace-node prod n3 --fence --wait'],
  },
  preflight: ({ spec, record }, input) => {
    const chosen = chooseReplacement(spec, record, input.node, input.with);
    return typeof chosen === 'string' || chosen.joined ? [] : [chosen.by];
  },
  confirmedGone: (input) => assuredGone(input, input.node),
  plan: (context, input) => {
    const { node } = input;
    if (isReplaced(context, node)) return nothingLeft(context, node);
    refuseUnknown(context, node);
    const chosen = chooseReplacement(context.spec, context.record, node, input.with);
    if (typeof chosen === 'string') refuse(context, chosen);
    refuseStranger(context, node);
    refuseFencing(context, input);
    return members(context).includes(node) && isAlive(context, node)
      ? replaceLiving(context, node, chosen)
      : replaceDead(context, node, chosen, input);
  },
});

/** Whether an earlier run has done everything. */
function isReplaced({ record }: PlanContext, node: string): boolean {
  const { members: present, cordoned, replacements = [] } = record.membership;
  if (present.some(({ host }) => host === node) || replacements.some(({ host }) => host === node)) return false;
  return cordoned.some(({ host, reason }) => host === node && reason === 'replaced');
}

function nothingLeft(context: PlanContext, node: string): PlanDraft {
  const current = members(context);
  const title = `Replace ${node} of ${context.spec.name}`;
  const serving = current.filter((host) => serves(context, host));
  return {
    title,
    changes: [],
    members: current,
    root: sequence('replace', title, [reopen(context, serving)]),
    checks: [],
  };
}

/** A node that an earlier run took out, and whose replacement has not joined yet, is known by what the record keeps. */
function refuseUnknown(context: PlanContext, node: string): void {
  const current = members(context);
  const { replacements = [] } = context.record.membership;
  if (current.includes(node) || replacements.some(({ host }) => host === node)) return;
  throw new HivekeeperError(
    'UnknownNode',
    `${context.spec.name} has no node ${node}; members: ${current.join(', ')}. To add a node use scaleCluster`,
  );
}

/** The spare joins first, so that at no time there are fewer nodes than before. */
function replaceLiving(context: PlanContext, node: string, chosen: Replacement): PlanDraft {
  const { spec } = context;
  if (!spec.policy.allowDecommission) refuse(context, 'policy.allowDecommission is false in its spec');
  const current = members(context);
  const after = [...current.filter((host) => host !== node && host !== chosen.by), chosen.by];
  return {
    ...shared(context, node, chosen),
    changes: [
      ...(chosen.joined ? [] : [`${chosen.by} joins with ${spec.broker.version}`]),
      `${node} leaves, its clients and data handed over`,
    ],
    members: after,
    root: sequence('replace', `Replace ${node} by ${chosen.by}`, [
      reopen(
        context,
        current.filter((host) => serves(context, host)),
      ),
      ...join(context, chosen, current),
      leave(context, node, after, 'replaced'),
    ]),
    checks: [
      {
        // Enough nodes stay once the spare has joined; the steps look again.
        names: ['really-gone', 'synchronized', 'max-unavailable', 'data-kept', ...(chosen.joined ? replicas : [])],
        target: node,
        purpose: 'leave',
      },
      {
        names: ['license-covers'],
        target: null,
        purpose: 'join',
        nodesAtOnce: new Set([...current, chosen.by]).size,
      },
    ],
  };
}

const replicas = ['replicas'] as const;

/** The dead one goes first, so that no file names it any more when the spare starts. */
function replaceDead(context: PlanContext, node: string, chosen: Replacement, assurance: Assurance): PlanDraft {
  const { spec } = context;
  const current = members(context);
  const isMember = current.includes(node);
  const staying = current.filter((host) => host !== node && host !== chosen.by);
  const there = chosen.joined ? [...staying, chosen.by] : staying;
  refuseOthers(context, node, there);
  const after = [...staying, chosen.by];
  return {
    ...shared(context, node, chosen),
    changes: [
      ...(isMember ? [`${node} is dead and leaves${assurance.fence ? ' once its host is powered off' : ''}`] : []),
      ...(chosen.joined ? [] : [`${chosen.by} joins with ${spec.broker.version}`]),
    ],
    members: after,
    root: sequence('replace', `Replace ${node} by ${chosen.by}`, [
      reopen(context, there),
      chosen.joined ? null : installOn(context, [chosen.by], spec.broker.version),
      forget(context, node, { fence: assurance.fence, reason: 'replaced' }),
      chosen.joined ? null : joinRunning(context, chosen.by, spec.broker.version, staying),
      planStep('verifyCluster', { members: after }),
    ]),
    checks: [
      ...(isMember ? [{ names: ['really-gone', 'data-kept'] as const, target: node, purpose: 'forget' as const }] : []),
      { names: ['synchronized'], target: null, purpose: 'join' },
    ],
  };
}

/** What the spare joins must be there: those that are down are brought back, or forgotten, first. */
function refuseOthers(context: PlanContext, node: string, staying: readonly string[]): void {
  if (staying.length === 0) refuse(context, `${node} is its last member, and is down; run recoverCluster`);
  const down = staying.filter((host) => !serves(context, host));
  if (down.length === 0) return;
  const unreachable = down.filter((host) => !nodeOf(context, host).reachable);
  const advice = unreachable.length > 0 ? `; forgetNode takes out ${unreachable.join(', ')} if it is dead too` : '';
  refuse(context, `${down.join(', ')} not serving either; run recoverCluster first${advice}`);
}

function join(context: PlanContext, { by, joined }: Replacement, current: readonly string[]): (PlanNode | null)[] {
  const { version } = context.spec.broker;
  return joined ? [] : [installOn(context, [by], version), joinRunning(context, by, version, current)];
}

/** The record keeps what is under way, so that a run that is broken off at any place can be taken up again. */
function shared(
  context: PlanContext,
  node: string,
  { by, nodes }: Replacement,
): Pick<PlanDraft, 'title' | 'accepts' | 'completes'> {
  return {
    title: `Replace ${node} of ${context.spec.name} by ${by}`,
    accepts: [{ type: 'replacing', host: node, by, nodes }],
    completes: [{ type: 'replaced', host: node }],
  };
}
