import { readZipText } from '../../../adapters/archive/index.js';
import { isHivekeeperError } from '../../../domain/errors/index.js';
import type { NodeManifest } from '../../../render/node-manifest.js';
import type { ClusterSession } from '../../cluster-session.js';
import { extensionKey } from './item-keys.js';
import type { Target } from './target.js';
import { contentIdentity } from './wanted-items.js';

/** Id of an extension -> the version that its archive describes, where the worker has it. */
export type ArchivedVersions = ReadonlyMap<string, string>;

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
  const { path: file, version } = product.extensionDescription;
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

const readProgram = `
home=$1 description=$2
shift 2
for id; do
  file=$home/extensions/$id/$description
  [ ! -f "$file" ] || printf '%s %s\\n' "$id" "$(head -c 65536 -- "$file" | base64 | tr -d '\\n')"
done
:`;

/** Ids of extensions in whose folder another version lies than in the archive that the folder is said to come from. */
export async function otherVersions(
  session: ClusterSession,
  { host, home, user, signal }: Pick<Target, 'host' | 'home' | 'user' | 'signal'>,
  manifest: Pick<NodeManifest, 'extensions' | 'contents'>,
): Promise<string[]> {
  const archived = await archivedVersions(session, manifest);
  if (archived.size === 0) return [];
  const { path: file, version } = session.product.extensionDescription;
  const { stdout } = await host.script(readProgram, [home, file, ...archived.keys()], { asUser: user, signal });
  return stdout.split('\n').flatMap((line) => {
    const [id = '', text = ''] = line.split(' ');
    const described = archived.get(id);
    return described === undefined || version(Buffer.from(text, 'base64').toString('utf8')) === described ? [] : [id];
  });
}
