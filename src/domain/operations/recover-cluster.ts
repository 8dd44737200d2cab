import { z } from 'zod';
import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { members, nodeOf, type PlanContext, refuse, serves } from '../planning/index.js';
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
    const found = pendingRecovery(context);
    const label = found?.label ?? `recovery-${context.stamp}`;
    const hosts = [...new Set([...(found?.hosts ?? []), ...failed])];
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
        ...restore(failed, survivors, label, running, versionOf(context)),
        ...(target === undefined || hosts.length === 0 ? [] : recover(context, hosts, target, label, running)),
      ]),
      checks: [{ names: ['really-gone'], target: null, purpose: 'recovery' }],
    };
  },
});

const versionOf = (context: PlanContext) => (host: string) =>
  nodeOf(context, host).current ?? context.spec.broker.version;

/** An earlier recovery that moved data and was not verified is taken up again under its own name. */
function pendingRecovery(context: PlanContext): { label: string; hosts: string[] } | null {
  const moved = context.observation.nodes.flatMap((node) =>
    (node.identity?.movedData ?? [])
      .filter((entry) => entry.reason.startsWith('recovery-') && entry.recovered === undefined)
      .map((entry) => ({ host: node.host, label: entry.reason })),
  );
  const label = moved[0]?.label;
  if (label === undefined) return null;
  return { label, hosts: moved.filter((entry) => entry.label === label).map((entry) => entry.host) };
}

/** First nothing may be overwritten, then the cluster is made available: HiveMQ’s recovery guide, step 1. */
function restore(
  failed: readonly string[],
  survivors: readonly string[],
  label: string,
  running: readonly string[],
  version: (host: string) => string,
): (PlanNode | null)[] {
  if (failed.length === 0) return [];
  const start = (host: string): PlanNode =>
    planStep('startNode', { host, version: version(host), members: [...running], joins: true });
  const [first, ...rest] = failed;
  const alone = survivors.length === 0 && first !== undefined;
  return [
    parallel(
      'save',
      'Save the data of the failed nodes',
      failed.map((host) => planStep('moveData', { host, label })),
    ),
    alone ? start(first) : null,
    sequence('restart', 'Restart the failed nodes', (alone ? rest : failed).map(start)),
  ];
}

/** Copy, recover, place, import: HiveMQ’s recovery guide, steps 2 and 3, restoring live. */
function recover(
  context: PlanContext,
  hosts: readonly string[],
  target: string,
  label: string,
  running: readonly string[],
): PlanNode[] {
  const recoveryHost = context.recoveryHost?.host;
  if (recoveryHost === undefined) refuse(context, 'no host has the role recovery; add one to the spec');
  if (context.spec.recovery.tool === undefined) refuse(context, 'recovery.tool is not set in the spec');
  return [
    parallel(
      'copy',
      `Copy the saved folders to ${recoveryHost}`,
      hosts.map((host) => planStep('copyData', { host, recoveryHost, label })),
      { limit: 4 },
    ),
    planStep('runRecoveryTool', { recoveryHost, hosts: [...hosts], label }),
    sequence('import', 'Import the recovered data', [
      planStep('placeBackup', { host: target, recoveryHost, label }),
      planStep('importBackup', { host: target, recoveryHost, label }),
      planStep('verifyRecovery', { host: target, recoveryHost, label, members: [...running] }),
    ]),
  ];
}
