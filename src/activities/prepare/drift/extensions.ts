import type { ObservedExtension } from '../../../domain/observation/index.js';
import type { InstalledExtension } from '../../../render/node-manifest.js';
import type { ArchivedVersions } from '../../steps/manifest/archived-versions.js';
import { extensionKey } from '../../steps/manifest/item-keys.js';
import { contentIdentity } from '../../steps/manifest/wanted-items.js';
import { type Difference, type GivenNode, isAdopted, isKept } from './difference.js';

/** Folders of extensions that are not as the manifest says; what else is there is told and never removed. */
export function extensionDifferences(given: GivenNode, archived: ArchivedVersions): Difference[] {
  const { node, identity, manifest } = given;
  if (node.extensions === null) return [];
  const found = new Map(node.extensions.map((extension) => [extension.id, extension]));
  const wanted = manifest.extensions.filter((extension) => isKept(given, extensionKey(extension)));
  const own = new Set([...manifest.extensions.map(extensionKey), ...(identity.placed ?? [])]);
  return [
    ...wanted.flatMap((extension) => {
      const seen = found.get(extension.id);
      const key = extensionKey(extension);
      if (seen === undefined) return extension.ifThere === true ? [] : [{ key, clause: `${key}: missing` }];
      return [
        ...(isAdopted(given) ? [] : sourceDifferences(extension, seen, archived.get(extension.id))),
        ...stateDifferences(extension, seen),
      ];
    }),
    ...node.extensions
      .filter((extension) => !own.has(extensionKey(extension)) && isForeign(extension))
      .map(({ id, enabled }) => ({
        key: null,
        clause: `extension ${shown(id)} is there${enabled ? '' : ', disabled,'} and not in the spec`,
      })),
  ];
}

/** The package of the broker has its own, and a folder without a readable description is none to the broker. */
const isForeign = ({ bundled, version }: ObservedExtension): boolean => !bundled && version !== null;

/** A folder may be called anything. */
const shown = (id: string): string => (/^[\w.-]+$/.test(id) ? id : JSON.stringify(id));

function sourceDifferences(
  extension: InstalledExtension,
  { archive, version }: ObservedExtension,
  described: string | undefined,
): Difference[] {
  if (extension.content === null) return [];
  const key = extensionKey(extension);
  const lies = version === null ? 'one without a readable version' : `version ${version}`;
  if (archive !== contentIdentity(extension.content)) {
    const wanted = described === undefined ? 'the archive in the spec' : `the archive of ${described} in the spec`;
    return [{ key, clause: `${key}: ${lies} lies there, and not from ${wanted}` }];
  }
  if (described === undefined || described === version) return [];
  return [{ key, clause: `${key}: ${lies} lies there instead of the spec's ${described}` }];
}

function stateDifferences(extension: InstalledExtension, { enabled, said, line }: ObservedExtension): Difference[] {
  const key = extensionKey(extension);
  if (!extension.enabled) {
    return enabled ? [{ key, clause: `${key}: enabled on the node, and disabled in the spec` }] : [];
  }
  const words = said === 'failed' ? `: ${line ?? 'its start failed'}` : '';
  if (!enabled) {
    return [{ key, clause: `${key}: disabled on the node, by ${said === 'failed' ? `the broker${words}` : 'hand'}` }];
  }
  // Nothing on the disk would change, so that nothing would make the broker try again.
  return said === 'failed' ? [{ key: null, clause: `${key}: the broker gave up on it${words}` }] : [];
}
