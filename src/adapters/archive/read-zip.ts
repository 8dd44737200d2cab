import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type ZipFile } from 'yauzl';
import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import { unsafe } from './unsafe-archive.js';
import { type ArchiveLimits, checkLink, defaultLimits, topFolderOf } from './archive-items.js';
import { checkTogether, toItem, type ZipItem } from './zip-items.js';

export interface OpenZip {
  readonly zip: ZipFile;
  readonly items: readonly ZipItem[];
  readonly topFolder: string | null;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
}

/** Opens a zip, lets `use` work with its checked entries, and closes it. Any damage on the way is UnsafeArchive. */
export async function withZip<T>(
  path: string,
  limits: Partial<ArchiveLimits>,
  use: (zip: OpenZip) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | undefined;
  try {
    const { size } = await stat(path);
    zip = await openPromise(path, {
      autoClose: false,
      lazyEntries: true,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    const all = { ...defaultLimits, ...limits };
    if (zip.entryCount > all.entries) throw unsafe(path, `it has ${zip.entryCount} entries, more than ${all.entries}`);
    const items: ZipItem[] = [];
    for await (const entry of zip.eachEntry()) items.push(toItem(path, entry));
    if (items.length === 0) throw unsafe(path, 'it is empty');
    checkTogether(path, items, size, all);
    const bytes = items.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    return await use({ zip, items, topFolder: topFolderOf(items), bytes });
  } catch (error) {
    throw asDamage(path, error);
  } finally {
    zip?.close();
  }
}

/** What went wrong while an archive was read: damage, unless it is no fault of the archive. */
export function asDamage(path: string, error: unknown): unknown {
  return isHivekeeperError(error) || isForeign(error) ? error : unsafe(path, messageOf(error), error);
}

/** Trouble of the worker's disk, or of whoever takes the data; not of the archive. */
function isForeign(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z]+$/.test(code) || code.startsWith('ERR_STREAM');
}

/** The data of an entry, checked against its CRC-32; the reader itself checks only the size. */
export async function openItem(path: string, zip: ZipFile, item: ZipItem): Promise<Readable> {
  const source = await zip.openReadStreamPromise(item.entry);
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush: (done) =>
      done(sum === item.entry.crc32 ? null : unsafe(path, `${item.path} is damaged: its CRC-32 does not fit`)),
  });
  pipeline(source, check).catch(() => undefined);
  return check;
}

/** Where a symbolic link leads, checked. */
export async function linkTarget(path: string, zip: ZipFile, item: ZipItem, topFolder: string | null): Promise<string> {
  const target = (await buffer(await openItem(path, zip, item))).toString('utf8');
  checkLink(path, item.path, target, topFolder);
  return target;
}
