import { parallel, type PlanNode } from '../../plan/index.js';
import { planStep } from '../../steps/index.js';
import { members, nodeOf, type PlanContext, refuse, serves } from '../context.js';
import { joinRunning } from '../join.js';
import { leave } from '../leave.js';
import { chooseMembers } from '../membership.js';
import { mapSteps } from './map-steps.js';
import type { UpgradeSituation } from './situation.js';

/** A spare host that serves while an upgrade lasts. */
export interface Surge {
  readonly host: string | null;
  readonly warnings: readonly string[];
}

/**
 * Which spare joins first, by `policy.upgrade.surge`. One that an interrupted upgrade left is taken again, so that it is
 * cleaned up whatever the policy says now.
 * @throws HivekeeperError PlanRefused where one is required and none can be
 */
export function surgeOf(context: PlanContext, { behind, lasting }: UpgradeSituation): Surge {
  const left = leftSurge(context);
  if (left !== null) return { host: left, warnings: [`${left} is the surge node of an unfinished upgrade; it leaves`] };
  const { surge } = context.spec.policy.upgrade;
  if (behind.length === 0 || surge === 'never') return none;
  const busy = surge === 'required' ? [] : busyWithout(context, behind, lasting);
  if (surge === 'auto' && busy.length === 0) return none;
  const host = spareOf(context);
  const problem = obstacle(context, host);
  if (problem === null) return { host, warnings: [] };
  if (surge === 'required') refuse(context, `policy.upgrade.surge is required, and ${problem}`);
  return { host: null, warnings: [`${busy.join(', ')} are busy, and no node joins first: ${problem}`] };
}

const none: Surge = { host: null, warnings: [] };

/** The surge node that the record names, as long as anything of it is there. */
function leftSurge(context: PlanContext): string | null {
  const { surge } = context.record.membership;
  if (surge === undefined) return null;
  if (members(context).includes(surge)) return surge;
  const node = context.observation.nodes.find(({ host }) => host === surge);
  const ours = node?.identity?.cluster === context.spec.name && node.identity.status === 'member';
  return node?.process?.running === true || ours ? surge : null;
}

/** The host that would join. */
export function spareOf({ spec, record }: Pick<PlanContext, 'spec' | 'record'>): string | null {
  return chooseMembers(spec, record, record.membership.members.length + 1).added[0] ?? null;
}

function obstacle({ spec, product }: PlanContext, host: string | null): string | null {
  if (!product.clustered(spec)) return 'independent nodes take over nothing from each other';
  if (!spec.policy.allowDecommission) return 'policy.allowDecommission lets no node leave again';
  return host === null ? 'no spare host is there: add one with the role node, or uncordon one' : null;
}

/** Members above `policy.headroom` while another one is away. */
function busyWithout(
  { spec, checkFacts }: PlanContext,
  behind: readonly string[],
  lasting: readonly string[],
): string[] {
  return lasting.filter((host) => {
    const percent = checkFacts?.cpu?.[host] ?? null;
    return percent !== null && percent > spec.policy.headroom && behind.some((other) => other !== host);
  });
}

/** Its leave may have been cut off after it was out of the record: the others still have to be told. */
export function forgetSurge(context: PlanContext, { host }: Surge, staying: readonly string[]): PlanNode | null {
  const { surge } = context.record.membership;
  if (surge === undefined || host !== null || !context.product.membersInFiles(context.spec)) return null;
  return parallel(
    'forget-surge',
    `Remove ${surge} from the others’ files`,
    staying.map((other) => planStep('updateMembers', { host: other, members: [...staying] })),
    { limit: 10 },
  );
}

/** It joins with the new version, which a cluster of an older one allows. One that serves already is left as it is. */
export function surgeJoins(context: PlanContext, host: string, version: string, before: readonly string[]): PlanNode[] {
  if (members(context).includes(host) && serves(context, host)) return [];
  return [
    mapSteps(joinRunning(context, host, version, before), (step) =>
      step.kind === 'startNode' ? { ...step, input: { ...step.input, spare: true } } : step,
    ),
  ];
}

/** It leaves as any other node does, its data kept aside, and its host is a spare again. */
export function surgeLeaves(context: PlanContext, host: string, staying: readonly string[]): PlanNode {
  const { process } = nodeOf(context, host);
  const running = { running: true, pid: process?.pid ?? null, startTime: process?.startTime ?? null };
  const nodes = context.observation.nodes.map((node) => (node.host === host ? { ...node, process: running } : node));
  const then = { ...context, observation: { ...context.observation, nodes } };
  return mapSteps(leave(then, host, staying), (step) =>
    step.kind === 'retireNode' ? { ...step, input: { ...step.input, cordon: false } } : step,
  );
}
