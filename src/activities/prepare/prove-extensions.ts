import { fetchContent } from '../../adapters/content/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import type { InstalledExtension, NodeManifest } from '../../render/node-manifest.js';
import type { ClusterSession } from '../cluster-session.js';
import { inspectExtension } from '../steps/manifest/inspect-extension.js';
import { contentHash } from '../steps/manifest/materials.js';
import { notThere } from '../steps/manifest/place-extensions.js';

/** Looks into every archive that the worker has, or has in the spec itself. @throws UnsafeArchive */
export async function proveArchives(
  { product, dependencies }: ClusterSession,
  extensions: readonly InstalledExtension[],
  signal: AbortSignal,
): Promise<void> {
  const { store, secrets } = dependencies;
  for (const { id, content } of extensions) {
    if (content === null) continue;
    if ('text' in content || 'base64' in content) await fetchContent(content, store, { secrets, signal });
    const sha256 = contentHash(content);
    if (sha256 !== null && (await store.has(sha256))) await inspectExtension(product, id, await store.pathOf(sha256));
  }
}

/** Prints the ids that lie neither with the node nor in a package of it; nothing where no package is there yet. */
const unknownProgram = `
home=$1
shift
[ -n "$(ls -A -- "$home/packages" 2>/dev/null)" ] || [ -e "$home/current" ] || exit 0
for id; do
  for folder in "$home/extensions/$id" "$home/current/extensions/$id" "$home/packages"/*/"extensions/$id"; do
    [ ! -d "$folder" ] || continue 2
  done
  printf '%s\\n' "$id"
done`;

/**
 * An extension without an archive must come with the package: known by looking at the hosts, those apart that have no
 * package yet or cannot be reached.
 * @throws CheckFailed that says what to write
 */
export async function proveKnown(
  session: ClusterSession,
  manifests: readonly (readonly [host: string, manifest: NodeManifest])[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    manifests.map(async ([host, { extensions }]) => {
      const ids = extensions.filter(({ content }) => content === null).map(({ id }) => id);
      if (ids.length === 0) return;
      const [unknown] = await unknownOn(session, host, ids, signal);
      if (unknown !== undefined) throw notThere(host, unknown);
    }),
  );
}

async function unknownOn(
  session: ClusterSession,
  name: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const host = await session.connect(name, signal);
    const asUser = session.spec.broker.user;
    const { stdout } = await host.script(unknownProgram, [session.resolved(name).home, ...ids], { asUser, signal });
    return stdout.split('\n').filter((id) => id !== '');
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return [];
    throw error;
  }
}
