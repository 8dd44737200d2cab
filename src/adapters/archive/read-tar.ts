import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import {
  type ArchiveItem,
  type ArchiveLimits,
  checkLink,
  checkSize,
  checkTree,
  defaultLimits,
  plainPath,
  topFolderOf,
} from './archive-items.js';
import { asDamage } from './read-zip.js';
import { unsafe } from './unsafe-archive.js';

export interface TarItem extends ArchiveItem {
  /** Permission bits without setuid, setgid and sticky. */
  readonly mode: number;
  readonly mtime: Date;
  /** Bytes of a file. */
  readonly bytes: number;
  /** Of a symbolic link as it stands; of a `link` the path of the file. */
  readonly target: string;
}

export interface TarContents {
  readonly items: readonly TarItem[];
  readonly topFolder: string | null;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
}

/** The data of an entry. */
type Source = Extract extends AsyncIterable<infer Entry> ? Entry : never;

/**
 * Reads a .tar.gz from its beginning to its end; what `take` leaves of a file's data is skipped. Damage, which gzip's own
 * checksum tells, is UnsafeArchive.
 */
export async function readTar(
  path: string,
  take: (item: TarItem, data: Source) => void | Promise<void>,
): Promise<void> {
  const file = createReadStream(path);
  const unzip = createGunzip();
  const tar = extract();
  const fail = (error: Error): void => {
    tar.destroy(error);
  };
  file.once('error', fail).pipe(unzip);
  unzip.once('error', fail).pipe(tar);
  try {
    for await (const entry of tar) {
      const item = toItem(path, entry.header);
      if (item !== null) await take(item, entry);
      entry.resume();
    }
  } catch (error) {
    throw asDamage(path, error);
  } finally {
    file.destroy();
    unzip.destroy();
    tar.destroy();
  }
}

/** Everything that the archive holds, checked one by one and together. @throws UnsafeArchive */
export async function tarContents(path: string, limits: Partial<ArchiveLimits> = {}): Promise<TarContents> {
  const all = { ...defaultLimits, ...limits };
  const { size } = await stat(path);
  const items: TarItem[] = [];
  let bytes = 0;
  await readTar(path, (item) => {
    items.push(item);
    bytes += item.bytes;
    if (items.length > all.entries) throw unsafe(path, `it has more than ${all.entries} entries`);
    checkSize(path, bytes, size, all);
  });
  if (items.length === 0) throw unsafe(path, 'it is empty');
  checkTree(path, items);
  const topFolder = topFolderOf(items);
  const files = new Set<string>();
  for (const { path: name, type, target } of items) {
    if (type === 'symlink') checkLink(path, name, target, topFolder);
    if (type === 'link' && !files.has(target)) throw unsafe(path, `the link ${name} is to no file before it`);
    if (type === 'file') files.add(name);
  }
  return { items, topFolder, bytes };
}

const types: Readonly<Record<string, TarItem['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'link',
};

/** One entry, checked on its own; null for the folder that everything lies in, when it is called `./`. */
function toItem(archive: string, header: Header): TarItem | null {
  const type = types[header.type];
  if (type === undefined) throw unsafe(archive, `${header.name} is neither a file nor a folder nor a link`);
  const name = header.name.replace(/^(\.\/)+/, '');
  if (type === 'directory' && (name === '' || name === '.')) return null;
  const path = plainPath(archive, name);
  const bits = header.mode & 0o777;
  const mode = type === 'directory' ? bits | 0o700 : bits | 0o400;
  const linkname = textOf(header, 'linkname');
  const target = type === 'link' ? plainPath(archive, linkname.replace(/^(\.\/)+/, '')) : linkname;
  return { path, type, mode, mtime: header.mtime, bytes: type === 'file' ? header.size : 0, target };
}

/** The library promises a text and gives null where the archive has none. */
function textOf(header: Header, field: keyof Header): string {
  const value: unknown = header[field];
  return typeof value === 'string' ? value : '';
}
