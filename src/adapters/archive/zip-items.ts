import type { Entry } from 'yauzl';
import { type ArchiveLimits, checkSize, checkTree, plainPath } from './archive-items.js';
import { unsafe } from './unsafe-archive.js';

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
  const path = plainPath(archive, fileName);
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
  checkTree(archive, items);
  const sum = (bytes: (item: ZipItem) => number): number => items.reduce((all, item) => all + bytes(item), 0);
  const packed = sum(({ entry }) => entry.compressedSize);
  // More packed bytes than the file has: entries share their data, as bombs do.
  if (packed > size) throw unsafe(archive, 'its entries overlap');
  checkSize(
    archive,
    sum(({ entry }) => entry.uncompressedSize),
    packed,
    limits,
  );
}
