import { z } from 'zod';
import { type PlanNode, parallel, sequence } from '../plan/index.js';
import {
  bringUp,
  chooseMembers,
  installOn,
  joinRunning,
  members,
  nodeOf,
  openStep,
  type PlanContext,
  refuse,
  refuseLostMembers,
  reopen,
  roll,
  serves,
} from '../planning/index.js';
import { nodeHosts } from '../spec/index.js';
import { findHost, formatPath, specWarnings } from '../spec/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation, type PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';

export const deployCluster = defineOperation({
  type: 'deployCluster',
  summary: 'Brings a cluster to what its spec says: new nodes are installed and joined, changed settings are rolled.',
  input: z.strictObject({
    ...commonInput,
    spec: z.record(z.string(), z.unknown()).describe('The cluster spec, as in a spec file.'),
  }),
  lease: true,
  startsRecord: true,
  cli: {
    command: 'deploy',
    arguments: [{ name: 'file', field: 'spec', describe: 'The spec file.' }],
    options: [],
    examples: ['hivekeeper deploy prod.yaml --dry-run', 'hivekeeper deploy prod.yaml --wait'],
  },
  specFromInput: (input) => input.spec,
  preflight: ({ spec, record }) => chooseMembers(spec, record, spec.nodes).added,
  plan: (context) => plan(context),
});

function plan(context: PlanContext): PlanDraft {
  const { spec, record } = context;
  const { version } = spec.broker;
  const current = members(context);
  const chosen = chooseMembers(spec, record, spec.nodes);
  refuseForgottenMembers(context, current);
  refuseOtherHosts(context, current);
  if (chosen.missing > 0)
    refuse(context, `${chosen.missing} more hosts with the role node are needed; add hosts, or uncordon one`);
  if (spec.nodes < current.length) {
    refuse(
      context,
      `the spec asks for ${spec.nodes} nodes and ${current.join(', ')} are members; name the node to remove with decommissionNode`,
    );
  }
  refuseLostMembers(context, current);

  const fresh = current.length === 0;
  const stale = current.filter((host) => isStale(context, host));
  const children = fresh
    ? firstDeploy(context, chosen.members, version)
    : growAndRoll(context, stale, chosen.added, current, version);
  const again = reopen(
    context,
    current.filter((host) => !stale.includes(host)),
  );
  return {
    title: `Deploy ${spec.name}`,
    changes: [
      ...chosen.added.map((host) => `${host} joins with ${version}`),
      ...stale.map((host) => `${host} is restarted with changed settings or version ${version}`),
    ],
    warnings: specWarnings(spec).map(({ path, message }) => `${formatPath(path)}: ${message}`),
    members: chosen.members,
    root: sequence('deploy', `Deploy ${spec.name}`, [
      again,
      ...children,
      children.length > 0 ? planStep('verifyCluster', { members: chosen.members }) : null,
    ]),
    checks: [
      ...(children.length > 0
        ? [{ names: ['really-gone', 'versions'] as const, target: null, purpose: 'join' as const }]
        : []),
      ...rollChecks(context, stale, growsFirst(current, chosen.added)),
    ],
    accepts: [
      { type: 'specAccepted', spec: { ...spec } },
      { type: 'countSet', nodes: spec.nodes },
    ],
  };
}

/** A member that the file does not name would be neither observed nor told of the others. */
function refuseForgottenMembers(context: PlanContext, current: readonly string[]): void {
  const named = new Set(nodeHosts(context.spec).map((host) => host.name));
  const forgotten = current.filter((host) => !named.has(host));
  if (forgotten.length === 0) return;
  refuse(
    context,
    `${forgotten.join(', ')} are members, and hosts of the spec has no such node; put them back, or use decommissionNode first`,
  );
}

/**
 * A member whose address or home changed is another machine under the same name: acting there would leave the real one
 * running, and what is observed there says nothing of it.
 */
function refuseOtherHosts(context: PlanContext, current: readonly string[]): void {
  const { spec, recorded } = context;
  if (!recorded) return;
  for (const name of current) {
    const [before, now] = [findHost(recorded, name), findHost(spec, name)];
    if (!before || !now || (before.address === now.address && before.home === now.home)) continue;
    refuse(
      context,
      `its member ${name} is ${before.address} ${before.home}, the spec says ${now.address} ${now.home}: the name is in use by other hosts; choose another name, or decommission ${name} first`,
    );
  }
}

function isStale(context: PlanContext, host: string): boolean {
  const node = nodeOf(context, host);
  const { version } = context.spec.broker;
  return (
    !serves(context, host) || node.runningVersion !== version || node.identity?.settings !== context.settings[host]
  );
}

/** One node first: what is wrong with package, settings or hosts shows there, before the others start. */
function firstDeploy(context: PlanContext, hosts: readonly string[], version: string): (PlanNode | null)[] {
  const [first, ...rest] = hosts;
  if (first === undefined) return [];
  return [
    installOn(context, hosts, version),
    bringUp(first, version, hosts),
    rest.length > 0
      ? parallel(
          'others',
          'The other nodes',
          rest.map((host) => bringUp(host, version, hosts)),
          { limit: 10 },
        )
      : null,
    sequence(
      'open',
      'Open the way for clients',
      hosts.map((host) => openStep(context, host)),
    ),
  ];
}

/** A member that runs alone cannot be restarted without losing its data, so the others join it before it is rolled. */
function growsFirst(current: readonly string[], added: readonly string[]): boolean {
  return current.length === 1 && added.length > 0;
}

function growAndRoll(
  context: PlanContext,
  stale: readonly string[],
  added: readonly string[],
  current: readonly string[],
  version: string,
): PlanNode[] {
  const install = installOn(context, [...stale, ...added], version);
  const grow = added.map((host, index) => joinRunning(context, host, version, [...current, ...added.slice(0, index)]));
  const rolled = (members: readonly string[]): PlanNode[] =>
    stale.length > 0 ? [roll(context, stale, () => version, members)] : [];
  return [
    ...(install ? [install] : []),
    ...(growsFirst(current, added) ? [...grow, ...rolled([...current, ...added])] : [...rolled(current), ...grow]),
  ];
}
