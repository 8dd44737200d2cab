import { z } from 'zod';
import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { members, nodeOf, openStep, type PlanContext, refuse, reopen, serves } from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation, hostNameSchema } from './define-operation.js';

export const recoverCluster = defineOperation({
  type: 'recoverCluster',
  summary: 'Brings failed nodes back and recovers the persistent data of their folders into the running cluster.',
  input: z.strictObject({
    ...commonInput,
    gone: z.array(hostNameSchema).default([]).describe('Unreachable nodes that are powered off or fenced for sure.'),
  }),
  lease: true,
  needsRecoveryHost: true,
  cli: {
    command: 'recover',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'gone',
        field: 'gone',
        value: 'NODE',
        type: 'list',
        describe: 'An unreachable node that is off for sure; may be repeated.',
      },
    ],
    examples: ['hivekeeper recover prod --dry-run', 'hivekeeper recover prod --wait'],
  },
  confirmedGone: (input) => input.gone,
  plan: (context, input) => {
    const { spec } = context;
    const current = members(context);
    const failed = current.filter((host) => !serves(context, host) && !input.gone.includes(host));
    const recoveries = recoveriesOf(context, failed);
    const hosts = [...new Set(recoveries.flatMap((recovery) => recovery.hosts))];
    const survivors = current.filter((host) => serves(context, host));
    const target = survivors[0] ?? failed[0];
    if (hosts.length > 0 && target === undefined) refuse(context, 'no member is left that could be started');
    const running = [...survivors, ...failed];
    return {
      title: `Recover ${spec.name}`,
      changes: [
        ...failed.map((host) => `${host} is restarted, its data folder kept`),
        ...(hosts.length > 0 ? [`the data of ${hosts.join(', ')} is recovered and imported`] : []),
      ],
      members: current,
      root: sequence('recover', `Recover ${spec.name}`, [
        reopen(context, survivors),
        ...input.gone.flatMap((host) => announcementOf(context, host)),
        ...restore(context, failed, survivors, recoveries),
        ...(target === undefined ? [] : recoveries.map((recovery) => recover(context, recovery, target, running))),
      ]),
      checks: [{ names: ['really-gone'], target: null, purpose: 'recovery' }],
    };
  },
});

/** What a host that is off announces in a bucket leads others to nobody until it expires. */
function announcementOf(context: PlanContext, host: string): PlanNode[] {
  const { bucket } = context.product.discovery(context.spec);
  const isGone = members(context).includes(host) && !nodeOf(context, host).reachable;
  return bucket !== null && isGone ? [planStep('removeAnnouncement', { host })] : [];
}

/** Data folders that were moved aside under one label, to be recovered together. */
interface Recovery {
  readonly label: string;
  readonly hosts: readonly string[];
}

/**
 * Earlier recoveries that moved data and were not verified are taken up again under their own names. Nodes that
 * failed since get a recovery of their own: what the tool has exported under an older name lacks their data.
 */
function recoveriesOf(context: PlanContext, failed: readonly string[]): Recovery[] {
  const pending = new Map<string, string[]>();
  for (const node of context.observation.nodes) {
    for (const { reason, recovered } of node.identity?.movedData ?? []) {
      if (reason.startsWith('recovery-') && recovered === undefined)
        pending.set(reason, [...(pending.get(reason) ?? []), node.host]);
    }
  }
  const taken = [...pending].map(([label, hosts]) => ({ label, hosts: [...new Set(hosts)] }));
  const fresh = failed.filter((host) => !taken.some((recovery) => recovery.hosts.includes(host)));
  return fresh.length === 0 ? taken : [...taken, { label: `recovery-${context.stamp}`, hosts: fresh }];
}

/** First nothing may be overwritten, then the cluster is made available: HiveMQ’s recovery guide, step 1. */
function restore(
  context: PlanContext,
  failed: readonly string[],
  survivors: readonly string[],
  recoveries: readonly Recovery[],
): (PlanNode | null)[] {
  if (failed.length === 0) return [];
  const labelOf = (host: string): string =>
    recoveries.findLast((recovery) => recovery.hosts.includes(host))?.label ?? `recovery-${context.stamp}`;
  const start = (host: string): PlanNode => restart(context, host, [...survivors, ...failed]);
  const [first, ...rest] = failed;
  const alone = survivors.length === 0 && first !== undefined;
  return [
    parallel(
      'save',
      'Save the data of the failed nodes',
      failed.map((host) => planStep('moveData', { host, label: labelOf(host) })),
    ),
    alone ? start(first) : null,
    sequence('restart', 'Restart the failed nodes', (alone ? rest : failed).map(start)),
  ];
}

/** A node that has begun to join is no safe point. */
function restart(context: PlanContext, host: string, members: readonly string[]): PlanNode {
  const version = nodeOf(context, host).current ?? context.spec.broker.version;
  return sequence(
    `${host}/up`,
    `Restart ${host}`,
    [planStep('startNode', { host, version, members: [...members], joins: true }), openStep(context, host)],
    { atomic: true, node: host },
  );
}

/** Copy, recover, place, import: HiveMQ’s recovery guide, steps 2 and 3, restoring live. */
function recover(
  context: PlanContext,
  { label, hosts }: Recovery,
  target: string,
  running: readonly string[],
): PlanNode {
  const recoveryHost = context.recoveryHost?.host;
  if (recoveryHost === undefined) refuse(context, 'no host has the role recovery; add one to the spec');
  if (context.spec.recovery.tool === undefined) refuse(context, 'recovery.tool is not set in the spec');
  const as = (kind: string) => ({ as: `${kind}-${label}` });
  const members = [...new Set([...running, ...hosts])];
  return sequence(label, `Recover ${hosts.join(', ')}`, [
    parallel(
      `${label}/copy`,
      `Copy the saved folders to ${recoveryHost}`,
      hosts.map((host) => planStep('copyData', { host, recoveryHost, label }, as('copyData'))),
      { limit: 4 },
    ),
    planStep('runRecoveryTool', { recoveryHost, hosts: [...hosts], label }, as('runRecoveryTool')),
    planStep('placeBackup', { host: target, recoveryHost, label }, as('placeBackup')),
    planStep('importBackup', { host: target, recoveryHost, label }, as('importBackup')),
    planStep('verifyRecovery', { host: target, recoveryHost, label, members }, as('verifyRecovery')),
  ]);
}
