import type { RecordState } from '../record/index.js';
import { memberNames } from '../record/index.js';
import { type ClusterSpec, nodeHosts } from '../spec/index.js';

/** Which host takes the place of a node. */
export interface Replacement {
  readonly by: string;
  /** It is a member already: an earlier run was broken off after that. */
  readonly joined: boolean;
  /** How many nodes there were before anything was replaced. */
  readonly nodes: number;
}

/**
 * The host that takes the place of `host`: the one of a run that was broken off, else the wish, else the first free host
 * that is not cordoned. A sentence where there is none.
 */
export function chooseReplacement(
  spec: ClusterSpec,
  record: Pick<RecordState, 'membership'>,
  host: string,
  wish?: string,
): Replacement | string {
  const current = memberNames(record);
  const begun = record.membership.replacements?.find((one) => one.host === host);
  const nodes = begun?.nodes ?? record.membership.nodes;
  if (begun && current.includes(begun.by)) {
    if (wish === undefined || wish === begun.by) return { by: begun.by, joined: true, nodes };
    return `${begun.by} has joined in the place of ${host} already; run it again without naming another host`;
  }
  const cordoned = new Set(record.membership.cordoned.map((entry) => entry.host));
  const named = nodeHosts(spec).map(({ name }) => name);
  if (wish !== undefined) {
    if (!named.includes(wish)) return `${wish} is no host with the role node in its spec`;
    if (current.includes(wish)) return `${wish} is a member already; name a host that is none`;
    if (cordoned.has(wish)) return `${wish} is cordoned; uncordon it first`;
    return { by: wish, joined: false, nodes };
  }
  const free = named.filter((name) => !current.includes(name) && !cordoned.has(name) && name !== host);
  const by = begun && free.includes(begun.by) ? begun.by : free[0];
  if (by !== undefined) return { by, joined: false, nodes };
  return `no host is free to take the place of ${host}; add one with the role node to the spec and apply it, or uncordon one`;
}
