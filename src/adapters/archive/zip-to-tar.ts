import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';
import { linkTarget, openItem, withZip } from './read-zip.js';
import type { ArchiveLimits } from './zip-items.js';

/** Name of the file that proves that a folder was unpacked whole; it holds the SHA-256 of the archive. */
export const markerName = '.hivekeeper-archive';

/**
 * A zip as a tar stream, because every host has tar and many have no unzip. The one top folder is left out. The marker
 * is the last entry, so that a stream that was cut is told apart. Damage fails the stream.
 */
export function zipToTar(path: string, sha256: string, limits: Partial<ArchiveLimits> = {}): Readable {
  const tar = pack();
  const out = new PassThrough({ highWaterMark: 1024 * 1024 });
  pipeline(tar, out).catch(() => undefined);
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
    await addSmall(tar, { name: markerName, mode: 0o644, type: 'file' }, `${sha256}\n`);
    tar.finalize();
  }).catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  out.once('close', () => tar.destroy());
  return out;
}

function addSmall(tar: Pack, header: Partial<Header> & Pick<Header, 'name'>, text?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.once('close', resolve);
    const done = (error?: Error | null): void => {
      tar.off('close', resolve);
      if (error) reject(error);
      else resolve();
    };
    if (text === undefined) tar.entry(header, done);
    else tar.entry(header, text, done);
  });
}
