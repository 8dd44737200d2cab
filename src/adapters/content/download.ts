import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, interceptors, request } from 'undici';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { ContentStore, StoredContent } from '../ports/index.js';

export interface DownloadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Bytes received so far. */
  readonly onProgress?: (bytes: number) => void;
  /** More bytes than this are refused; default 4 GiB. */
  readonly sizeLimit?: number;
  /** What the content is, for the message about an address that answers with a web page; default `what was asked for`. */
  readonly expects?: string | undefined;
}

const defaultLimit = 4 * 1024 ** 3;
const maxRedirections = 5;
/** Milliseconds: a server that says nothing for this long is given up. */
const silence = 60_000;

/** Downloads into the store. @throws ContentUnavailable, ContentMissing, ChecksumMismatch */
export async function download(
  url: string,
  sha256: string,
  store: ContentStore,
  options: DownloadOptions = {},
): Promise<StoredContent> {
  checkUrl(url);
  const agent = new Agent({ headersTimeout: silence, bodyTimeout: silence, connect: { timeout: 20_000 } });
  try {
    // The interceptor drops credentials when a redirection leaves the origin.
    const dispatcher = agent.compose(interceptors.redirect({ maxRedirections }));
    const { headers, signal } = options;
    const response = await request(url, { method: 'GET', headers, signal, dispatcher });
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw refused(url, response.statusCode);
    }
    const limit = options.sizeLimit ?? defaultLimit;
    const limited = limiter(url, limit, options.onProgress);
    pipeline(response.body, limited).catch(() => undefined);
    const type = response.headers['content-type'];
    return await putUnlessPage(url, () => store.put(limited, sha256), { type, expects: options.expects });
  } catch (error) {
    if (options.signal?.aborted || isHivekeeperError(error)) throw error;
    const message = `${shown(url)} could not be downloaded: ${messageOf(error)}. Check that the worker can reach it.`;
    throw new HivekeeperError('ContentUnavailable', message, { url: shown(url) }, { cause: error });
  } finally {
    await agent.destroy();
  }
}

/** Only the web: a `file:` address would read the worker's own disk. */
export function checkUrl(url: string): void {
  let protocol: string;
  try {
    protocol = new URL(url).protocol;
  } catch {
    throw new HivekeeperError('InvalidInput', `"${shown(url)}" is not a web address.`);
  }
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new HivekeeperError(
      'InvalidInput',
      `${shown(url)} is not a web address: only https and http are downloaded.`,
    );
  }
}

/** An address without what may be a credential in it. */
export function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}

/** What answers with the wrong content is often the log-in page of a site. */
async function putUnlessPage<T>(
  url: string,
  put: () => Promise<T>,
  { type, expects }: { readonly type: string | string[] | undefined; readonly expects: string | undefined },
): Promise<T> {
  try {
    return await put();
  } catch (error) {
    if (!isHivekeeperError(error, 'ChecksumMismatch') || !isPage(String(type))) throw error;
    throw webPage(`${shown(url)}:`, expects, error);
  }
}

/** Whether a content type is that of a web page. */
export const isPage = (type: string): boolean => /^\s*(text\/html|application\/xhtml)/i.test(type);

/** @param where the beginning of the sentence, e.g. the address */
export function webPage(where: string, expects = 'what was asked for', cause?: unknown): HivekeeperError {
  const message = `${where} the address answered with a web page (text/html), not ${expects}. Nothing was kept. Check the address, and the headers if it needs a log-in.`;
  return new HivekeeperError('ChecksumMismatch', message, {}, { cause });
}

function refused(url: string, status: number): HivekeeperError {
  const details = { url: shown(url), status };
  const later = status >= 500 || status === 408 || status === 429;
  const what = `${shown(url)} answers with HTTP ${status}`;
  return later
    ? new HivekeeperError('ContentUnavailable', `${what}. It is tried again.`, details)
    : new HivekeeperError(
        'ContentMissing',
        `${what}. Check the address, and the headers if it needs a log-in.`,
        details,
      );
}

function limiter(url: string, limit: number, onProgress?: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) {
        const message = `${shown(url)} is larger than ${limit} bytes. Nothing was kept.`;
        done(new HivekeeperError('InvalidInput', message, { limit }));
        return;
      }
      onProgress?.(bytes);
      done(null, chunk);
    },
  });
}
