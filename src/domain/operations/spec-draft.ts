import { changeText, type SpecChange, specChanges } from '../changes/index.js';
import { type NodeChange, parallel, type PlanNode, sequence } from '../plan/index.js';
import {
  applyWork,
  type ApplyWork,
  balancerLines,
  balancerSteps,
  bringUp,
  changeLines,
  chooseMembers,
  growsFirst,
  installOn,
  members,
  nodeChange,
  nodeOf,
  openStep,
  type PlanContext,
  refuseAll,
  refuseLostMembers,
  refuseUnusable,
  reopen,
  unservedFrontends,
} from '../planning/index.js';
import { findHost, formatPath, nodeHosts, specWarnings } from '../spec/index.js';
import { planStep } from '../steps/index.js';
import type { PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';

/**
 * The one way to bring a cluster to a spec, new or running: refused whole where anything in it cannot be done in place,
 * then only what differs, node by node.
 */
export function specDraft(context: PlanContext, id: string, title: string): PlanDraft {
  const { spec, record } = context;
  const { version } = spec.broker;
  const current = members(context);
  const chosen = chooseMembers(spec, record, spec.nodes);
  const difference = differenceOf(context, current);
  refuseAll(context, [
    ...membershipProblems(context, current, chosen.missing),
    ...refusedChanges(difference ?? []),
    ...unservedFrontends(context, current),
  ]);
  refuseLostMembers(context, current);
  refuseUnusable(context);
  const changes = current.map((host) => nodeChange(context, host, version));
  const hostsThat = (change: NodeChange['change']): string[] =>
    changes.filter((one) => one.change === change).map(({ host }) => host);
  const work = { current, restarted: hostsThat('restarts'), hot: hostsThat('hot'), added: chosen.added };
  const nodes = [
    ...changes,
    ...chosen.added.map((host) => ({ host, change: 'joins' as const, why: [`with ${version}`] })),
  ];
  const children =
    current.length === 0 ? firstDeploy(context, chosen.members, version) : applyWork(context, work, version);
  return {
    title,
    changes: [...changeLines(nodes), ...balancerLines(context, chosen.members)],
    warnings: specWarnings(spec).map(({ path, message }) => `${formatPath(path)}: ${message}`),
    members: chosen.members,
    root: sequence(id, title, [
      ...openAgain(
        context,
        current.filter((host) => !work.restarted.includes(host)),
      ),
      ...children,
      children.length > 0 ? planStep('verifyCluster', { members: chosen.members }) : null,
    ]),
    ...(difference && { difference }),
    nodes,
    checks: checksOf(context, work, children.length > 0),
    accepts: [
      { type: 'specAccepted', spec: { ...spec } },
      { type: 'countSet', nodes: spec.nodes },
    ],
  };
}

/**
 * A first deploy opens the way for clients last. When it goes on in a new run after its first node, that node is a member
 * to which nobody is sent, and no earlier operation tells of it: only the token by which it was started.
 */
function openAgain(context: PlanContext, hosts: readonly string[]): (PlanNode | null)[] {
  const again = reopen(context, hosts);
  const { journal, lease } = context.record;
  const isFirst = lease.holder !== null && journal.every(({ outcome }) => outcome !== 'completed');
  if (again !== null || !isFirst || !hosts.some((host) => nodeOf(context, host).identity?.started === lease.token))
    return [again];
  return [
    sequence(
      'open',
      'Open the way for clients',
      hosts.map((host) => openStep(context, host)),
    ),
  ];
}

function checksOf(context: PlanContext, work: ApplyWork, acts: boolean): PlanDraft['checks'] {
  return [
    ...(acts
      ? [{ names: ['really-gone', 'versions', 'replica-count'] as const, target: null, purpose: 'join' as const }]
      : []),
    ...(work.added.length > 0
      ? [
          {
            names: ['license-covers'] as const,
            target: null,
            purpose: 'join' as const,
            nodesAtOnce: work.current.length + work.added.length,
          },
        ]
      : []),
    ...(work.current.length > 0
      ? [{ names: ['authentication'] as const, target: null, purpose: 'restart' as const }]
      : []),
    ...rollChecks(context, work.restarted, growsFirst(work)),
  ];
}

/** Null before the first deploy. */
function differenceOf(context: PlanContext, current: readonly string[]): SpecChange[] | null {
  const { recorded, spec, product } = context;
  return recorded && specChanges({ before: recorded, after: spec, members: current }, product.changes);
}

/** What concerns hosts and their number is judged by the record, whatever the file said before. */
const isMembership = ({ path }: SpecChange): boolean => path === 'nodes' || path.startsWith('hosts');

function refusedChanges(difference: readonly SpecChange[]): string[] {
  return difference
    .filter((change) => change.effect === 'refused' && !isMembership(change))
    .map((change) => `${changeText(change)}: cannot be changed in place: it ${change.why}`);
}

function membershipProblems(context: PlanContext, current: readonly string[], missing: number): string[] {
  const { spec } = context;
  return [
    ...forgottenMembers(context, current),
    ...otherHosts(context, current),
    ...(missing > 0 ? [`${missing} more hosts with the role node are needed; add hosts, or uncordon one`] : []),
    ...(spec.nodes < current.length
      ? [
          `the spec asks for ${spec.nodes} nodes and ${current.join(', ')} are members; name the node to remove with decommissionNode`,
        ]
      : []),
  ];
}

/** A member that the file does not name would be neither observed nor told of the others. */
function forgottenMembers({ spec }: PlanContext, current: readonly string[]): string[] {
  const named = new Set(nodeHosts(spec).map((host) => host.name));
  const forgotten = current.filter((host) => !named.has(host));
  if (forgotten.length === 0) return [];
  return [
    `${forgotten.join(', ')} are members, and hosts of the spec has no such node; put them back, or use decommissionNode first`,
  ];
}

const placeKeys = ['address', 'clusterAddress', 'external', 'home', 'loopback'] as const;

/**
 * A member whose addresses or home changed is another machine under the same name: acting there would leave the real one
 * running, and what is observed there says nothing of it.
 */
function otherHosts({ spec, recorded }: PlanContext, current: readonly string[]): string[] {
  if (!recorded) return [];
  return current.flatMap((name) => {
    const [before, now] = [findHost(recorded, name), findHost(spec, name)];
    if (!before || !now) return [];
    const moved = placeKeys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
    if (moved.length === 0) return [];
    const differing = moved.filter((key) => key !== 'address' && key !== 'home');
    const also = differing.length > 0 ? ` (${differing.join(', ')} too)` : '';
    return [
      `its member ${name} is ${before.address} ${before.home}, the spec says ${now.address} ${now.home}${also}: the name is in use by other hosts; choose another name, or decommission ${name} first`,
    ];
  });
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
    balancerSteps(context, hosts),
    sequence(
      'open',
      'Open the way for clients',
      hosts.map((host) => openStep(context, host)),
    ),
  ];
}
