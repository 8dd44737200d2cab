import type { NodeManifest } from '../../../render/node-manifest.js';
import { secretsPath } from '../../../render/node-manifest.js';
import { extensionKey, extensionOf, secretFileKey } from './item-keys.js';
import type { Target } from './target.js';

/** Keys of everything that lies on a host because of this manifest; an extension of the package's own is not ours. */
export function keysOf(manifest: NodeManifest): string[] {
  return [
    ...manifest.extensions.filter(({ content }) => content !== null).map(extensionKey),
    ...manifest.contents.map(({ path }) => path),
    ...manifest.files.map(({ path }) => path),
    ...manifest.secretFiles.map(secretFileKey),
    ...manifest.stores.map(({ path }) => path),
    ...manifest.links.map(({ path }) => path),
    ...(manifest.variables.length > 0 ? [secretsPath] : []),
  ];
}

/** What Hivekeeper has put on the host and the spec no longer has. */
export function obsoleteKeys(placed: readonly string[], manifest: NodeManifest): string[] {
  const wanted = new Set(keysOf(manifest));
  return placed.filter((key) => !wanted.has(key));
}

/** Extensions that came from an archive, some of whose files were replaced and shall be again what the archive has. */
export function extensionsToRestore(obsolete: readonly string[], manifest: NodeManifest): ReadonlySet<string> {
  const touched = obsolete.flatMap((key) => /^extensions\/([^/]+)\/./.exec(key)?.[1] ?? []);
  const fromArchives = new Set(manifest.extensions.filter(({ content }) => content !== null).map(({ id }) => id));
  return new Set(touched.filter((id) => fromArchives.has(id)));
}

/** A file of the package's own extension comes back as the package has it. */
const removeProgram = `
path=$1 original=$2
if [ -n "$original" ] && [ -f "$original" ]; then cp -p -- "$original" "$path.new" && mv -f -- "$path.new" "$path"
else rm -f -- "$path"; fi`;

export async function removeFile({ host, home, user, signal, pathOf }: Target, key: string): Promise<void> {
  const original = /^extensions\/[^/]+\/./.test(key) ? `${home}/current/${key}` : '';
  await host.script(removeProgram, [await pathOf(key), original], { asUser: user, signal });
}

export const isFolderKey = (key: string): boolean => extensionOf(key) !== null;
