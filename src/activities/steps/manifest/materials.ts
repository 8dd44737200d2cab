import { posix } from 'node:path';
import { fetchContent, fetchOnHost, type UrlContent } from '../../../adapters/content/index.js';
import type { Content } from '../../../domain/spec/index.js';
import type { Dependencies } from '../../dependencies.js';
import type { Target } from './target.js';
import { contentIdentity } from './wanted-items.js';

export type MaterialSource = Pick<Dependencies, 'store' | 'secrets'>;

/** The content as a file of the worker. @throws ContentMissing, ContentUnavailable, ChecksumMismatch, SecretMissing */
export async function storedContent(
  { store, secrets }: MaterialSource,
  content: Content,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly file: string }> {
  const { sha256 } = await fetchContent(content, store, { secrets, signal });
  return { sha256, file: await store.pathOf(sha256) };
}

/** What is known of a content's SHA-256 without reading it; null for a file that the command line has not brought. */
export const contentHash = (content: Content): string | null => ('file' in content ? null : contentIdentity(content));

/** Whether the node shall download it by itself. */
export const nodeFetches = (content: Content): content is UrlContent => 'url' in content && content.fetch === 'node';

/**
 * As `storedContent`, for what the worker must look into although the node downloads it: what the node fetched is taken
 * from it over SSH.
 */
export async function inspectedContent(
  source: MaterialSource,
  target: Target,
  content: Content,
): Promise<{ readonly sha256: string; readonly file: string }> {
  const { store, secrets } = source;
  const { host, home, user, signal } = target;
  if (nodeFetches(content) && !(await store.has(content.sha256))) {
    const path = posix.join(home, '.hivekeeper/fetched', content.sha256);
    await fetchOnHost(host, content, path, { mode: 0o600, asUser: user, signal, secrets, expects: 'a zip' });
    await store.put(await host.stream({ argv: ['cat', '--', path], asUser: user }, signal), content.sha256);
    await host.run({ argv: ['rm', '-f', '--', path], asUser: user }, signal);
  }
  return storedContent(source, content, signal);
}
