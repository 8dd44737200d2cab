import { readZipText } from '../../../adapters/archive/index.js';
import { isHivekeeperError } from '../../../domain/errors/index.js';
import type { NodeManifest } from '../../../render/node-manifest.js';
import type { ClusterSession } from '../../cluster-session.js';
import { extensionKey } from '../../steps/manifest/item-keys.js';
import { contentIdentity } from '../../steps/manifest/wanted-items.js';
import type { ArchivedVersions } from './extensions.js';

/** Versions by SHA-256 of an archive, which never change; null where the archive does not tell. */
const known = new Map<string, string | null>();
const remembered = 256;

/**
 * The versions that the archives of a spec describe. One that the worker does not have, or whose description the spec
 * replaces, is left out.
 */
export async function archivedVersions(
  { dependencies, product }: ClusterSession,
  { extensions, contents }: Pick<NodeManifest, 'extensions' | 'contents'>,
): Promise<ArchivedVersions> {
  const { store } = dependencies;
  const { file, version } = product.extensionDescription;
  const replaced = new Set(contents.map(({ path }) => path));
  const found = new Map<string, string>();
  for (const extension of extensions) {
    if (extension.content === null || replaced.has(`${extensionKey(extension)}/${file}`)) continue;
    const sha256 = contentIdentity(extension.content);
    let described = known.get(sha256);
    if (described === undefined) {
      if (!/^[0-9a-f]{64}$/.test(sha256) || !(await store.has(sha256))) continue;
      described = version((await textIn(await store.pathOf(sha256), `${extension.id}/${file}`)) ?? '');
      if (known.size >= remembered) known.clear();
      known.set(sha256, described);
    }
    if (described !== null) found.set(extension.id, described);
  }
  return found;
}

/** What an archive is refused for is told where it is brought to a node. */
async function textIn(archive: string, file: string): Promise<string | null> {
  try {
    return await readZipText(archive, file);
  } catch (error) {
    if (isHivekeeperError(error, 'UnsafeArchive')) return null;
    throw error;
  }
}
