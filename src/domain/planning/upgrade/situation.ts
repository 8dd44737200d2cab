import { compareVersions, parseVersion } from '../../spec/index.js';
import { members, nodeOf, type PlanContext, serves } from '../context.js';
import { rollOrder } from '../roll.js';

/** Where a cluster stands on its way to a version. */
export interface UpgradeSituation {
  readonly version: string;
  /** Members that stay, i.e. all but a surge node. */
  readonly lasting: readonly string[];
  /** Those of them that are not there yet, in the order of the roll. */
  readonly behind: readonly string[];
  /** The last of them that runs another version: once it stops, no member runs an old version any more. */
  readonly lastOld: string | null;
  /** The oldest version that any of them has; null where none is behind by its version. */
  readonly from: string | null;
}

/** The version that a node runs, or would run. */
export function versionNow(context: PlanContext, host: string): string | null {
  const { runningVersion, identity, current } = nodeOf(context, host);
  return runningVersion ?? current ?? identity?.version ?? null;
}

/** A node already there is not restarted; one that an interrupted upgrade left stopped is brought up. */
export function upgradeSituation(context: PlanContext, version: string): UpgradeSituation {
  const { surge } = context.record.membership;
  const lasting = members(context).filter((host) => host !== surge);
  const isBehind = (host: string): boolean =>
    nodeOf(context, host).runningVersion !== version || !serves(context, host);
  const behind = rollOrder(context, lasting.filter(isBehind));
  const old = behind.filter((host) => versionNow(context, host) !== version);
  const versions = old.flatMap((host) => versionNow(context, host) ?? []);
  return { version, lasting, behind, lastOld: old.at(-1) ?? null, from: oldest(versions) };
}

function oldest(versions: readonly string[]): string | null {
  const [first, ...rest] = versions;
  if (first === undefined) return null;
  return rest.reduce((least, one) => (isOlder(one, least) ? one : least), first);
}

/** Whether one version comes before the other; what is no version comes before nothing. */
export function isOlder(one: string, other: string): boolean {
  const [left, right] = [parseVersion(one), parseVersion(other)];
  return left !== null && right !== null && compareVersions(left, right) < 0;
}
