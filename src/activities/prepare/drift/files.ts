import { posix } from 'node:path';
import { contentIdentity, sha256 } from '../../steps/manifest/wanted-items.js';
import type { NodeManifest } from '../../../render/node-manifest.js';
import { type Difference, type GivenNode, isAdopted, isKept } from './difference.js';

const byHand = (found: string | undefined): string => (found === undefined ? 'removed by hand' : 'changed by hand');

/**
 * Texts that are neither what Hivekeeper wrote last nor what it would write now.
 * @param texts renders them for all members; asked only where something differs, since it takes the whole list
 */
export function textDifferences(
  { identity, node }: Pick<GivenNode, 'identity' | 'node'>,
  texts: () => NodeManifest['files'],
): Difference[] {
  const differing = Object.entries(identity.files).filter(([path, written]) => node.files[path] !== written);
  if (differing.length === 0) return [];
  const wanted = new Map(texts().map(({ path, content }) => [path, sha256(content)]));
  return differing.flatMap(([path]) => {
    const found = node.files[path];
    return !wanted.has(path) || found === wanted.get(path) ? [] : [{ key: path, clause: `${path}: ${byHand(found)}` }];
  });
}

/**
 * Licenses, files of extensions and keystores that were brought, by their SHA-256; a file that was found at an adoption
 * and means the same in other words, by its own.
 */
export function contentDifferences(given: GivenNode): Difference[] {
  const { node, manifest, identity } = given;
  return manifest.contents.flatMap(({ path, content }) => {
    const found = node.files[path];
    const asFound = isAdopted(given) ? identity.files[path] : undefined;
    if (!isKept(given, path) || found === (asFound ?? contentIdentity(content))) return [];
    return [{ key: path, clause: `${path}: ${byHand(found)}` }];
  });
}

/** Stores that Hivekeeper made; what is in them is known to the node alone, so only their absence is noticed. */
export function storeDifferences(given: GivenNode): Difference[] {
  const { node, manifest } = given;
  return manifest.stores.flatMap(({ path }) =>
    isKept(given, path) && node.files[path] === undefined ? [{ key: path, clause: `${path}: removed by hand` }] : [],
  );
}

export function linkDifferences(given: GivenNode): Difference[] {
  const { node, manifest } = given;
  return manifest.links.flatMap(({ path, target }) => {
    const found = node.links[path];
    if (!isKept(given, path) || found === posix.relative(posix.dirname(path), target)) return [];
    const why = found === undefined ? `is no link to ${target} any more` : `leads to ${found} instead of ${target}`;
    return [{ key: path, clause: `${path}: ${why}` }];
  });
}
