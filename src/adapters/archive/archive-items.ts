import { posix } from 'node:path';
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

export type ItemType = 'file' | 'directory' | 'symlink' | 'link';

/** An entry of any kind of archive, as far as its place in the tree goes. */
export interface ArchiveItem {
  /** Relative, with `/` between parts and none at the end. */
  readonly path: string;
  /** `link` is a second name of a file that came before. */
  readonly type: ItemType;
}

/** The name of an entry as a plain relative path; anything that could lead out or fool a terminal is refused. */
export function plainPath(archive: string, name: string): string {
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  if (path === '' || path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw unsafe(archive, `the name "${name}" is not a plain relative path`);
  }
  // A name with a control character can fool a terminal or a script.
  if (/\p{Cc}/u.test(path)) throw unsafe(archive, `the name ${JSON.stringify(name)} holds a control character`);
  return path;
}

/** What only shows in the whole: names that collide, and folders that are files or links. */
export function checkTree(archive: string, items: readonly ArchiveItem[]): void {
  const types = new Map<string, ItemType>();
  for (const { path, type } of items) {
    if (types.has(path)) throw unsafe(archive, `it holds ${path} twice`);
    types.set(path, type);
  }
  for (const { path } of items) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) {
      if ((types.get(parent) ?? 'directory') !== 'directory')
        throw unsafe(archive, `${path} lies below ${parent}, which is no folder`);
    }
  }
}

/** Refuses bombs and too much. */
export function checkSize(archive: string, unpacked: number, packed: number, limits: ArchiveLimits): void {
  if (unpacked > limits.bytes) throw unsafe(archive, `it unpacks to ${unpacked} bytes, more than ${limits.bytes}`);
  if (unpacked > ratioMatters && unpacked > packed * limits.ratio) {
    throw unsafe(archive, `${packed} packed bytes unpack to ${unpacked}, more than ${limits.ratio} times as many`);
  }
}

/** The one folder that holds everything, null where there is more than one or a file beside it. */
export function topFolderOf(items: readonly ArchiveItem[]): string | null {
  const tops = new Set(items.map(({ path }) => path.split('/')[0]));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined) return null;
  return items.every(({ path, type }) => path !== top || type === 'directory') ? top : null;
}

/**
 * Refuses a symbolic link that is absolute or leads out of the folder that is unpacked. Upwards it may lead at its
 * beginning only: after the name of another link, `..` would lead to where nobody looked.
 */
export function checkLink(archive: string, path: string, target: string, topFolder: string | null): void {
  const resolved = posix.normalize(posix.join(posix.dirname(path), target));
  const outside = resolved === '..' || resolved.startsWith('../');
  const above = topFolder !== null && resolved !== topFolder && !resolved.startsWith(`${topFolder}/`);
  const turnsBack = /(^|\/)(?!\.{1,2}(\/|$))[^/]+(\/.*)?\/\.\.(\/|$)/.test(target);
  if (target === '' || target.includes('\0') || posix.isAbsolute(target) || outside || above || turnsBack) {
    throw unsafe(archive, `the link ${path} leads out of its folder, to ${JSON.stringify(target)}`);
  }
}
