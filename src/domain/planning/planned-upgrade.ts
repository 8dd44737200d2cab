import type { PlannedUpgrade, PlanNode } from '../plan/index.js';
import { runnableSteps } from '../plan/index.js';
import type { ClusterSpec } from '../spec/index.js';
import { compareVersions, parseVersion } from '../spec/version.js';
import { nodeOf, type PlanContext } from './context.js';

/** The way of a plan to the version of its spec, from the oldest one that it replaces; null where it brings nothing newer. */
export function plannedUpgrade(context: PlanContext, root: PlanNode): PlannedUpgrade | null {
  const to = context.spec.broker.version;
  const [from] = replacedVersions(context, root, to).sort((a, b) => compare(a, b));
  if (from === undefined || compare(from, to) >= 0) return null;
  const { crossed, guidesPage } = context.product.upgradeGuides(from, to);
  return { from, to, crossed: [...crossed], guidesPage };
}

/** What the hosts run, or ran last, on which the plan puts the version. */
function replacedVersions(context: PlanContext, root: PlanNode, to: string): string[] {
  return runnableSteps(root).flatMap(({ kind, input }) => {
    const { host, version } = input;
    if (kind !== 'configureNode' || version !== to || typeof host !== 'string') return [];
    const { runningVersion, identity, current } = nodeOf(context, host);
    return runningVersion ?? identity?.version ?? current ?? [];
  });
}

/** Versions that are none have been refused before. */
function compare(one: string, other: string): number {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  return a === null || b === null ? 0 : compareVersions(a, b);
}

/** Why the policy asks for an approval of a plan with this upgrade, as a clause; null where it does not. */
export function approvalAsked({ policy }: ClusterSpec, upgrade: PlannedUpgrade | null): string | null {
  const { approval } = policy.upgrade;
  if (upgrade === null || approval === 'never') return null;
  if (approval === 'always') return 'policy.upgrade.approval is always';
  const { length } = upgrade.crossed;
  if (length === 0) return null;
  return `policy.upgrade.approval is ${approval}, and ${length} ${length === 1 ? 'is' : 'are'} crossed`;
}

/** Extensions of which nobody says with which versions of the broker they go, where releases are crossed. */
export function unprovenWarnings({ product, spec }: PlanContext, upgrade: PlannedUpgrade | null): string[] {
  if (upgrade === null || upgrade.crossed.length === 0) return [];
  const ids = product.unprovenExtensions(spec);
  if (ids.length === 0) return [];
  return [
    `nobody says with which versions of the broker ${ids.join(', ')} ${ids.length === 1 ? 'goes' : 'go'}: ask whoever made ${ids.length === 1 ? 'it' : 'them'}, and write it down as requires under extensions`,
  ];
}
