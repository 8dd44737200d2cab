import { compareVersions, parseVersion, type Version } from '../../spec/version.js';
import { longTermBetween, longTermGuide } from './releases.js';

/** A monthly release works together with this many releases after it (the vendor's rolling upgrade policy). */
export const compatibleReleases = 18;

export type UpgradePath =
  | {
      readonly ok: true;
      readonly direction: 'upgrade' | 'same' | 'rollback';
      /** Monthly releases between the two; a patch release counts as none. */
      readonly releases: number;
    }
  | { readonly ok: false; readonly reason: string };

/** Why `to` is not reachable from `from` by going forward; null where it is. */
function obstacle(from: Version, to: Version, names: { from: string; to: string }): string | null {
  if (from.major !== to.major) {
    return `${names.from} and ${names.to} are of different major versions, which never form one cluster`;
  }
  const ahead = to.minor - from.minor;
  if (ahead <= compatibleReleases || longTermGuide(from, to) !== null) return null;
  const tooWide =
    `the jump is too wide: ${names.to} is ${ahead} monthly releases after ${names.from}, ` +
    `and only ${compatibleReleases} are compatible`;
  const stone = longTermBetween(from, to).findLast(
    (minor) => minor - from.minor <= compatibleReleases || longTermGuide(from, { ...from, minor }) !== null,
  );
  if (stone === undefined) return tooWide;
  return `${tooWide}; go by way of ${from.major}.${stone}, which has long-term support`;
}

/**
 * Whether nodes may go from one version to another while the cluster runs: never down, within one major version, at
 * most 18 monthly releases ahead. Source: vendor's cluster documentation, "Rolling Upgrade".
 * @param running versions that members still run. Going back to one of them ends an unfinished upgrade, and is no
 * downgrade.
 */
export function upgradePath(from: string, to: string, running: readonly string[] = []): UpgradePath {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === null || wanted === null) {
    return { ok: false, reason: `${old === null ? from : to} is no version such as 4.30.0` };
  }
  const order = compareVersions(wanted, old);
  if (order === 0) return { ok: true, direction: 'same', releases: 0 };
  const back = order < 0;
  if (back && !running.includes(to)) {
    return {
      ok: false,
      reason: `${to} is older than ${from}: the data of a newer version cannot be read by an older one`,
    };
  }
  const reason = back ? obstacle(wanted, old, { from: to, to: from }) : obstacle(old, wanted, { from, to });
  if (reason !== null) return { ok: false, reason };
  return { ok: true, direction: back ? 'rollback' : 'upgrade', releases: Math.abs(wanted.minor - old.minor) };
}
