import { posix } from 'node:path';
import type { Entry } from 'yauzl';
import { unsafe } from './unsafe-archive.js';

/** What an archive may hold at most. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
  /** Unpacked bytes for each packed byte, of archives that unpack to more than 64 MiB. */
  readonly ratio: number;
}

export const defaultLimits: ArchiveLimits = { entries: 100_000, bytes: 8 * 1024 ** 3, ratio: 100 };
const ratioMatters = 64 * 1024 * 1024;
/** A link is a path; PATH_MAX of Linux. */
const linkLimit = 4_096;

export interface ZipItem {
  /** Relative, with `/` between parts and none at the end. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits without setuid, setgid and sticky. */
  readonly mode: number;
  readonly entry: Entry;
}

const madeByUnix = 3;
const kinds = { mask: 0o170000, directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;
const encrypted = 0x1;

/** One entry, checked on its own. The reader has refused `..`, absolute names and backslashes before. */
export function toItem(archive: string, entry: Entry): ZipItem {
  const { fileName } = entry;
  const named = fileName.endsWith('/');
  const path = named ? fileName.slice(0, -1) : fileName;
  if (path === '' || path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw unsafe(archive, `the name "${fileName}" is not a plain relative path`);
  }
  // A name with a control character can fool a terminal or a script.
  if (/\p{Cc}/u.test(path)) {
    throw unsafe(archive, `the name ${JSON.stringify(fileName)} holds a control character`);
  }
  if ((entry.generalPurposeBitFlag & encrypted) !== 0) throw unsafe(archive, `${fileName} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw unsafe(archive, `${fileName} uses the compression method ${entry.compressionMethod}, which is not supported`);
  }
  const unix = entry.versionMadeBy >>> 8 === madeByUnix ? entry.externalFileAttributes >>> 16 : 0;
  const kind = unix & kinds.mask;
  const bits = unix & 0o777;
  if (named || kind === kinds.directory) return { path, type: 'directory', mode: (bits || 0o755) | 0o700, entry };
  if (kind === kinds.symlink) {
    if (entry.uncompressedSize > linkLimit) throw unsafe(archive, `the link ${fileName} is longer than a path can be`);
    return { path, type: 'symlink', mode: 0o777, entry };
  }
  if (kind !== 0 && kind !== kinds.file) throw unsafe(archive, `${fileName} is neither a file nor a folder nor a link`);
  // Archives made elsewhere than on Unix know no permissions.
  return { path, type: 'file', mode: (bits || (path.endsWith('.sh') ? 0o755 : 0o644)) | 0o400, entry };
}

/** What only shows in the whole: names that collide, folders that are files or links, and bombs. */
export function checkTogether(archive: string, items: readonly ZipItem[], size: number, limits: ArchiveLimits): void {
  const types = new Map<string, ZipItem['type']>();
  let packed = 0;
  let unpacked = 0;
  for (const { path, type, entry } of items) {
    if (types.has(path)) throw unsafe(archive, `it holds ${path} twice`);
    types.set(path, type);
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
  }
  for (const { path } of items) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) {
      if ((types.get(parent) ?? 'directory') !== 'directory')
        throw unsafe(archive, `${path} lies below ${parent}, which is no folder`);
    }
  }
  if (unpacked > limits.bytes) throw unsafe(archive, `it unpacks to ${unpacked} bytes, more than ${limits.bytes}`);
  // More packed bytes than the file has: entries share their data, as bombs do.
  if (packed > size) throw unsafe(archive, 'its entries overlap');
  if (unpacked > ratioMatters && unpacked > packed * limits.ratio) {
    throw unsafe(archive, `${packed} packed bytes unpack to ${unpacked}, more than ${limits.ratio} times as many`);
  }
}

/** The one folder that holds everything, null where there is more than one or a file beside it. */
export function topFolderOf(items: readonly ZipItem[]): string | null {
  const tops = new Set(items.map(({ path }) => path.split('/')[0]));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined) return null;
  return items.every(({ path, type }) => path !== top || type === 'directory') ? top : null;
}

/** Refuses a link that is absolute or leads out of the folder that is unpacked. */
export function checkLink(archive: string, path: string, target: string, topFolder: string | null): void {
  const resolved = posix.normalize(posix.join(posix.dirname(path), target));
  const outside = resolved === '..' || resolved.startsWith('../');
  const above = topFolder !== null && resolved !== topFolder && !resolved.startsWith(`${topFolder}/`);
  if (target === '' || target.includes('\0') || posix.isAbsolute(target) || outside || above) {
    throw unsafe(archive, `the link ${path} leads out of its folder, to ${JSON.stringify(target)}`);
  }
}
