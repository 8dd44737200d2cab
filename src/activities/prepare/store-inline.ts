import { posix } from 'node:path';
import { fetchContent } from '../../adapters/content/index.js';
import {
  type ClusterSpec,
  formatPath,
  inlineContents,
  type InlineContent,
  withStoredContents,
} from '../../domain/spec/index.js';
import type { Dependencies } from '../dependencies.js';

/**
 * Contents that stand in a spec itself go to the content store, and the spec names them by hash, file name and size: so
 * small is the record that keeps it, and so small are histories.
 */
export async function withInlineStored(
  { store, secrets }: Pick<Dependencies, 'store' | 'secrets'>,
  spec: ClusterSpec,
  signal: AbortSignal,
): Promise<ClusterSpec> {
  const found = inlineContents(spec);
  if (found.length === 0) return spec;
  const stored = await Promise.all(
    found.map(async ({ path, content }) => {
      const { sha256, bytes } = await fetchContent(content, store, { secrets, signal });
      return [formatPath(path), { stored: sha256, ...nameOf(path), bytes }] as const;
    }),
  );
  return withStoredContents(spec, new Map(stored));
}

/** A content below a path has that file's name; of others the spec says what they are. */
function nameOf(path: InlineContent['path']): { readonly name?: string } {
  const key = path.at(-1);
  return typeof key === 'string' && key.includes('.') ? { name: posix.basename(key) } : {};
}
