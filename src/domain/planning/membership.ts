import { nodeHosts } from '../spec/index.js';
import type { RecordState } from '../record/index.js';
import type { ClusterSpec } from '../spec/index.js';
import { memberNames } from '../record/index.js';

/**
 * The members that a spec with `count` nodes leads to. `hosts` order chooses at the first deploy only; afterwards who
 * is a member stays one, and a higher count adds the first free hosts that are not cordoned.
 */
export function chooseMembers(
  spec: ClusterSpec,
  record: Pick<RecordState, 'membership'>,
  count: number,
): { members: string[]; added: string[]; missing: number } {
  const current = memberNames(record);
  const cordoned = new Set(record.membership.cordoned.map((entry) => entry.host));
  const free = nodeHosts(spec)
    .map((host) => host.name)
    .filter((name) => !current.includes(name) && !cordoned.has(name));
  const added = free.slice(0, Math.max(0, count - current.length));
  const members = [...current, ...added];
  return { members, added, missing: Math.max(0, count - members.length) };
}
