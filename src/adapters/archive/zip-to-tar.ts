import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveLimits } from './archive-items.js';
import { addSmall, packTar } from './pack-tar.js';
import { linkTarget, openItem, withZip } from './read-zip.js';

/** A zip as a tar stream. The one top folder is left out. Damage fails the stream. */
export function zipToTar(path: string, sha256: string, limits: Partial<ArchiveLimits> = {}): Readable {
  return packTar(sha256, (tar) =>
    withZip(path, limits, async ({ zip, items, topFolder }) => {
      const strip = topFolder === null ? 0 : topFolder.length + 1;
      for (const item of items) {
        const name = item.path.slice(strip);
        if (name === '') continue;
        const { mode, type, entry } = item;
        const common = { name, mode, mtime: entry.getLastModDate() };
        if (type === 'directory') await addSmall(tar, { ...common, type });
        else if (type === 'symlink') {
          await addSmall(tar, { ...common, type, linkname: await linkTarget(path, zip, item, topFolder) });
        } else {
          const target = tar.entry({ ...common, type: 'file', size: entry.uncompressedSize });
          await pipeline(await openItem(path, zip, item), target);
        }
      }
    }),
  );
}
