import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveLimits } from './archive-items.js';
import { addSmall, packTar } from './pack-tar.js';
import { readTar, tarContents } from './read-tar.js';

/**
 * A .tar.gz as the plain tar stream that a host unpacks: read whole and checked first, without its top folder, owners and
 * whatever else the original may carry. Damage fails the stream.
 */
export function tarToTar(path: string, sha256: string, limits: Partial<ArchiveLimits> = {}): Readable {
  return packTar(sha256, async (tar) => {
    const { topFolder } = await tarContents(path, limits);
    const strip = topFolder === null ? 0 : topFolder.length + 1;
    await readTar(path, async ({ path: full, type, mode, mtime, bytes, target }, data) => {
      const name = full.slice(strip);
      if (name === '') return;
      const common = { name, mode, mtime };
      if (type === 'directory') await addSmall(tar, { ...common, type });
      else if (type === 'symlink') await addSmall(tar, { ...common, type, linkname: target });
      else if (type === 'link') await addSmall(tar, { ...common, type, linkname: target.slice(strip) });
      else await pipeline(data, tar.entry({ ...common, type, size: bytes }));
    });
  });
}
