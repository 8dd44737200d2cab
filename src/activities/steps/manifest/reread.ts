import type { NodeManifest } from '../../../render/node-manifest.js';
import type { Target } from './target.js';

/** Ids of extensions that are enabled and have read a text, once, that is about to change. */
export async function rereading(
  { host, user, pathOf }: Target,
  { extensions, files }: Pick<NodeManifest, 'extensions' | 'files'>,
): Promise<ReadonlySet<string>> {
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const ids = new Set<string>();
  for (const { id, enabled, readAtStart = [] } of extensions) {
    if (!enabled) continue;
    for (const path of readAtStart) {
      const wanted = texts.get(path);
      const found = wanted === undefined ? null : await host.readFile(await pathOf(path), { asUser: user });
      if (found !== null && found !== wanted) ids.add(id);
    }
  }
  return ids;
}
