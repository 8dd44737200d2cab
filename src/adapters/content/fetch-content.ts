import { HivekeeperError } from '../../domain/errors/index.js';
import type { Content } from '../../domain/spec/index.js';
import type { ContentStore, StoredContent } from '../ports/index.js';
import type { SecretResolver } from '../secrets/index.js';
import { contentMissing, mismatch } from './directory-store.js';
import { download, type DownloadOptions } from './download.js';

export interface FetchOptions extends Omit<DownloadOptions, 'headers'> {
  readonly secrets: SecretResolver;
  /** SHA-256 that content of any kind must have; that of `{ url }` counts besides. */
  readonly sha256?: string;
}

/**
 * Brings content into the store of the worker and answers with its hash; what is there already is not fetched again.
 * `{ file }` is refused: the command line has read it long before, beside the spec.
 * @throws ContentMissing, ContentUnavailable, ChecksumMismatch, SecretMissing, InvalidInput
 */
export async function fetchContent(
  content: Content,
  store: ContentStore,
  options: FetchOptions,
): Promise<StoredContent> {
  if ('stored' in content) {
    const known = await store.has(content.stored);
    if (known && options.sha256 !== undefined && options.sha256 !== known.sha256) {
      throw mismatch(options.sha256, known.sha256, known.bytes);
    }
    if (!known) throw contentMissing(content.stored);
    return known;
  }
  if ('text' in content) return store.put(content.text, options.sha256);
  if ('base64' in content) return store.put(Buffer.from(content.base64, 'base64'), options.sha256);
  if ('url' in content) {
    if (options.sha256 !== undefined && options.sha256 !== content.sha256) {
      throw new HivekeeperError(
        'InvalidInput',
        `The download names the SHA-256 ${content.sha256}, expected ${options.sha256}.`,
      );
    }
    const known = await store.has(content.sha256);
    if (known) return known;
    const headers = await resolveHeaders(content, options.secrets);
    return download(content.url, content.sha256, store, { ...options, headers });
  }
  throw new HivekeeperError(
    'InvalidInput',
    `{ file: ${content.file} } is read by the command line that submits the spec; a worker does not read files that a spec names.`,
    { file: content.file },
  );
}

export type UrlContent = Extract<Content, { readonly url: string }>;

/** Request headers with their secrets. The result must go nowhere but into the request. */
export async function resolveHeaders(content: UrlContent, secrets: SecretResolver): Promise<Record<string, string>> {
  const entries = Object.entries(content.headers ?? {}).map(
    async ([name, value]) => [name, typeof value === 'string' ? value : await secrets.resolve(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
