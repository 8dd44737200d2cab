import { posix } from 'node:path';
import { extract } from 'tar-stream';
import { ZipFile } from 'yazl';
import { HivekeeperError, messageOf } from '../../../../domain/errors/index.js';
import type { ContentStore, RemoteHost, StoredContent } from '../../../ports/index.js';

export interface PackOptions {
  readonly store: ContentStore;
  /** Account that may read the folder. */
  readonly asUser: string;
  readonly signal: AbortSignal;
}

/** Bytes that an extension may have; it passes through the worker's memory. */
const limit = 1024 ** 3;

/** The same in every time zone: the zip format keeps the local time. */
const mtime = new Date(2024, 0, 1);

/** Written at run time or by hand, and no part of what an extension is. */
const leftOut = new Set(['DISABLED', '.hivekeeper-archive']);

interface Item {
  /** Inside the folder, without `./`. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/**
 * Packs an extension's folder as it lies on a host into a zip of the content store, its own folder on top, and answers with
 * the hash: the same folder always has the same. Its configuration is in it, with whatever stands there.
 * @throws HivekeeperError InvalidInput for a folder with links or too much in it, CommandFailed when it cannot be read
 */
export async function packExtension(
  host: RemoteHost,
  folder: string,
  { store, asUser, signal }: PackOptions,
): Promise<StoredContent> {
  const items = await readFolder(host, folder, asUser, signal);
  const top = posix.basename(folder);
  const zip = new ZipFile();
  for (const { path, mode, content } of items.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    // Not compressed: jars are already, and other versions of a compressor make other bytes.
    zip.addBuffer(content, `${top}/${path}`, { mtime, mode, forceDosTimestamp: true, compress: false });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return store.put(Buffer.concat(chunks));
}

async function readFolder(host: RemoteHost, folder: string, asUser: string, signal: AbortSignal): Promise<Item[]> {
  const argv = ['tar', '-c', '-f', '-', '-C', folder, '.'] as const;
  const input = await host.stream({ argv, asUser }, signal);
  const tar = extract();
  input.once('error', (error: Error) => {
    tar.destroy(error);
  });
  input.pipe(tar);
  const items: Item[] = [];
  let bytes = 0;
  for await (const entry of tar) {
    const { type, name, mode } = entry.header;
    const path = posix.normalize(name).replace(/\/$/, '');
    if (type === 'directory') entry.resume();
    else if (type !== 'file') throw refused(host, folder, `${path} is a ${type}`);
    else {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) {
        const part = Buffer.from(chunk as Uint8Array);
        bytes += part.length;
        if (bytes > limit) throw refused(host, folder, `it has more than ${limit} bytes`);
        chunks.push(part);
      }
      if (!leftOut.has(path))
        items.push({ path, mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content: Buffer.concat(chunks) });
    }
  }
  return items;
}

function refused(host: RemoteHost, folder: string, why: string): HivekeeperError {
  const message = `${host.name}: the extension in ${folder} cannot be taken over: ${why}. Make it plain files, or take it out of the folder.`;
  return new HivekeeperError('InvalidInput', message, { host: host.name, folder });
}

/**
 * Brings one file of a host into the content store, held to the hash that was read before.
 * @throws HivekeeperError ChecksumMismatch when it changed since, CommandFailed when it cannot be read
 */
export async function takeFile(
  host: RemoteHost,
  path: string,
  sha256: string,
  { store, asUser, signal }: PackOptions,
): Promise<StoredContent> {
  const known = await store.has(sha256);
  if (known) return known;
  try {
    return await store.put(await host.stream({ argv: ['cat', '--', path], asUser }, signal), sha256);
  } catch (error) {
    if (error instanceof HivekeeperError && error.kind === 'ChecksumMismatch') {
      const message = `${host.name}: ${path} changed while it was read: ${messageOf(error)}`;
      throw new HivekeeperError('ChecksumMismatch', message, error.details, { cause: error });
    }
    throw error;
  }
}
