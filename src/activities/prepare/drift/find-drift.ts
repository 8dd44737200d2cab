import type { ClusterObservation, NodeIdentity, NodeObservation } from '../../../domain/observation/index.js';
import type { WantedItems } from '../../../domain/planning/index.js';
import type { ClusterSession } from '../../cluster-session.js';
import { archivedVersions } from '../../steps/manifest/archived-versions.js';
import { extensionOf } from '../../steps/manifest/item-keys.js';
import { manifestOf } from '../../steps/manifest/manifest-of.js';
import { type Difference, type GivenNode, isAdopted, isKept } from './difference.js';
import { extensionDifferences } from './extensions.js';
import { contentDifferences, linkDifferences, storeDifferences, textDifferences } from './files.js';
import type { SecretsOnHost } from './secrets.js';

/** Member -> how it differs from what Hivekeeper left there; one that does not is left out. */
export type Drift = ReadonlyMap<string, readonly Difference[]>;

export interface DriftRequest {
  readonly observation: ClusterObservation;
  readonly items: Readonly<Record<string, WantedItems>>;
  readonly secrets: ReadonlyMap<string, SecretsOnHost>;
}

/** What somebody, or the broker, changed on members since Hivekeeper was there last. What cannot be read says nothing. */
export async function findDrift(
  session: ClusterSession,
  { observation, items, secrets }: DriftRequest,
): Promise<Drift> {
  const { spec, members } = session;
  const drift = new Map<string, readonly Difference[]>();
  for (const node of observation.nodes) {
    const { host, identity, reachable } = node;
    const wanted = items[host];
    if (!reachable || !members.includes(host) || wanted === undefined) continue;
    if (identity === null) {
      drift.set(host, [{ key: identityKey, clause: `${identityKey}: missing` }]);
      continue;
    }
    const manifest = manifestOf(spec, [host], host);
    const given: GivenNode = { node, identity, manifest, wanted };
    const found = [
      ...textDifferences(given, () => manifestOf(spec, members, host).files),
      ...extensionDifferences(given, await archivedVersions(session, manifest)),
      ...contentDifferences(given),
      ...(isAdopted(given) ? [] : placedDifferences(given, secrets.get(host))),
    ];
    const told = withoutFollowing(found, node).map((one) => (isAdopted(given) ? onlyAtStop(given, one) : one));
    if (told.length > 0) drift.set(host, told);
  }
  return drift;
}

/** What nobody but Hivekeeper makes. */
function placedDifferences(given: GivenNode, secrets: SecretsOnHost | undefined): Difference[] {
  return [
    ...storeDifferences(given),
    ...(secrets?.differences ?? []).filter(({ key }) => key !== null && isKept(given, key)),
    ...linkDifferences(given),
  ];
}

/** While an adopted node runs as somebody laid it out, nothing is replaced that says the same in other words. */
const onlyAtStop = ({ identity }: GivenNode, { key, clause }: Difference): Difference => ({
  key: key !== null && identity.items?.[key] !== undefined ? key : null,
  clause,
});

/** A restart writes it again. */
const identityKey = '.hivekeeper/node.json';

/** Each clause once, and nothing of what lies inside the folder of an extension that is missing as a whole. */
function withoutFollowing(found: readonly Difference[], { extensions }: NodeObservation): Difference[] {
  const there = extensions && new Set(extensions.map(({ id }) => id));
  const lost = found.flatMap(({ key }) => {
    const id = key === null ? null : extensionOf(key);
    return id === null || there === null || there.has(id) ? [] : [`extensions/${id}/`];
  });
  const told = found.filter(({ key }) => key === null || !lost.some((folder) => key.startsWith(folder)));
  return [...new Map(told.map((one) => [one.clause, one])).values()];
}

/**
 * The observation with its drift: told in words, and each item that brings something back marked as not given, so that a
 * plan gives it again, with a restart or without as the item asks for.
 */
export function withDrift(observation: ClusterObservation, drift: Drift): ClusterObservation {
  const nodes = observation.nodes.map((node) => {
    const found = drift.get(node.host);
    if (found === undefined) return node;
    const keys = new Set(found.flatMap(({ key }) => key ?? []));
    const identity = node.identity && { ...node.identity, ...marked(node.identity, keys) };
    return { ...node, identity, drift: found.map(({ clause }) => clause) };
  });
  return { ...observation, nodes };
}

function marked({ items, hot }: NodeIdentity, keys: ReadonlySet<string>): Pick<NodeIdentity, 'items' | 'hot'> {
  const mark = (of: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([key, hash]) => [key, keys.has(key) ? 'differs on the node' : hash]));
  return { ...(items && { items: mark(items) }), ...(hot && { hot: mark(hot) }) };
}
