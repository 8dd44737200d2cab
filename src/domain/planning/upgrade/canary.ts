import { parallel, type PlanGroup, type PlanNode } from '../../plan/index.js';
import { planStep } from '../../steps/index.js';
import { nodeOf, type PlanContext, serves } from '../context.js';
import { roll } from '../roll.js';
import { mapSteps } from './map-steps.js';
import { type UpgradeSituation, versionNow } from './situation.js';

/**
 * The roll of an upgrade: the first nodes, which are then watched for the soak, and the others after them. A node that does
 * not take the version goes back to the one that it had, as long as another member is left with an old version.
 * @param during members while it lasts, a surge node included
 */
export function upgradeRoll(
  context: PlanContext,
  situation: UpgradeSituation,
  during: readonly string[],
): PlanNode | null {
  const { behind, version } = situation;
  const watched = canaries(context, situation);
  if (behind.length === 0) return soakGroup(context, watched, situation, during);
  const rolled = asGroup(roll(context, behind, () => version, during));
  const prepared = rolled.children.map((node) => prepareNode(context, situation, node));
  const before = behind.filter((host) => watched.includes(host)).length;
  const soaks = soakGroup(context, watched, situation, during);
  return {
    ...rolled,
    children: [...prepared.slice(0, before), ...(soaks === null ? [] : [soaks]), ...prepared.slice(before)],
  };
}

const asGroup = (node: PlanNode): PlanGroup =>
  node.type === 'step' ? { type: 'sequence', id: 'roll', title: node.title, children: [node] } : node;

/**
 * The nodes that are watched. What an earlier run has watched counts; the last node with an old version is never one, since
 * nothing could be taken back after it.
 */
export function canaries(context: PlanContext, { lasting, behind, version, lastOld }: UpgradeSituation): string[] {
  const { canary, soak } = context.spec.policy.upgrade;
  if (canary === 0 || soak === 0) return [];
  const soakOf = (host: string) => {
    const noted = nodeOf(context, host).identity?.soak;
    return noted?.version === version ? noted : undefined;
  };
  const there = lasting.filter((host) => !behind.includes(host) && serves(context, host));
  const wanted = canary - there.filter((host) => soakOf(host)?.done === true).length;
  // With nobody behind only a soak that was cut off is left to do.
  const open = there.filter(
    (host) => soakOf(host)?.done === false || (behind.length > 0 && soakOf(host) === undefined),
  );
  return [...open, ...behind.filter((host) => host !== lastOld)].slice(0, Math.max(0, wanted));
}

function soakGroup(
  context: PlanContext,
  hosts: readonly string[],
  { version, behind, from }: UpgradeSituation,
  during: readonly string[],
): PlanNode | null {
  if (hosts.length === 0) return null;
  const { soak } = context.spec.policy.upgrade;
  return parallel(
    'soak',
    `Watch ${hosts.join(', ')} on ${version} before the others follow`,
    hosts.map((host) => {
      const own = behind.includes(host) ? versionNow(context, host) : from;
      return planStep('soakNode', { host, version, soak, members: [...during], ...backTo(context, own, version) });
    }),
  );
}

/** The version to go back to, where the policy wants that and there is one. */
function backTo(context: PlanContext, from: string | null, version: string): { back?: string } {
  const automatic = context.spec.policy.upgrade.rollback === 'automatic' && context.product.clustered(context.spec);
  return automatic && from !== null && from !== version ? { back: from } : {};
}

function prepareNode(context: PlanContext, situation: UpgradeSituation, node: PlanNode): PlanNode {
  const { lastOld, version, from } = situation;
  if (node.type !== 'step' && node.node === lastOld) return announced(node, from ?? 'the old version');
  return mapSteps(node, (step) =>
    step.kind === 'startNode' && step.node !== undefined
      ? { ...step, input: { ...step.input, ...backTo(context, versionNow(context, step.node), version) } }
      : step,
  );
}

/** What the plan says where nothing can be taken back any more. */
export const noReturn = (from: string): string => `after this no member runs ${from}: the upgrade cannot be taken back`;

/** The stop of the last node with an old version says so, or its start where it does not run. */
function announced(node: PlanGroup, from: string): PlanNode {
  const stops = hasKind(node, 'stopNode');
  return mapSteps(node, (step) =>
    step.kind === (stops ? 'stopNode' : 'startNode') ? { ...step, title: `${step.title}; ${noReturn(from)}` } : step,
  );
}

const hasKind = (node: PlanNode, kind: string): boolean =>
  node.type === 'step' ? node.kind === kind : node.children.some((child) => hasKind(child, kind));
