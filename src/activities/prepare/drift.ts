import type { ClusterObservation, NodeIdentity, NodeObservation } from '../../domain/observation/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import { manifestOf } from '../steps/manifest/manifest-of.js';
import { sha256 } from '../steps/manifest/wanted-items.js';

/**
 * The observation with what somebody has changed by hand: a text of a node that is neither what Hivekeeper wrote last nor
 * what it would write now counts as differing, so that a plan brings it back. Files with secrets are not compared: their
 * hashes are kept nowhere.
 */
export function withDrift(
  observation: ClusterObservation,
  spec: ClusterSpec,
  members: readonly string[],
): ClusterObservation {
  return { ...observation, nodes: observation.nodes.map((node) => drifted(node, spec, members)) };
}

function drifted(node: NodeObservation, spec: ClusterSpec, members: readonly string[]): NodeObservation {
  const { identity, host } = node;
  if (identity === null || !members.includes(host)) return node;
  const differing = Object.entries(identity.files).filter(([path, written]) => node.files[path] !== written);
  // Rendering takes the whole list of members, so it is done only for a node on which something differs.
  if (differing.length === 0) return node;
  const wanted = new Map(manifestOf(spec, members, host).files.map(({ path, content }) => [path, sha256(content)]));
  const changed = differing.flatMap(([path]) => {
    const found = node.files[path];
    return found === wanted.get(path) ? [] : [[path, `by hand ${found ?? 'removed'}`] as const];
  });
  if (changed.length === 0) return node;
  return { ...node, identity: { ...identity, ...noted(identity, new Map(changed)) } };
}

function noted(
  { items, hot }: NodeIdentity,
  changed: ReadonlyMap<string, string>,
): Pick<NodeIdentity, 'items' | 'hot'> {
  const mark = (of: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([key, hash]) => [key, changed.get(key) ?? hash]));
  return { ...(items && { items: mark(items) }), ...(hot && { hot: mark(hot) }) };
}
