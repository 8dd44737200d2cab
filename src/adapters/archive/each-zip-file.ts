import type { Readable } from 'node:stream';
import type { ArchiveLimits } from './archive-items.js';
import { openItem, withZip } from './read-zip.js';

/** One file of a zip. */
export interface ZippedFile {
  /** A plain relative path. */
  readonly path: string;
  /** Bytes, unpacked. */
  readonly bytes: number;
  /** Its data from the beginning, as often as it is asked for. */
  open(): Promise<Readable>;
}

/** Visits the files of a zip one after the other; folders and links are passed over. @throws UnsafeArchive */
export async function eachZipFile(
  path: string,
  limits: Partial<ArchiveLimits>,
  visit: (file: ZippedFile) => Promise<void>,
): Promise<void> {
  await withZip(path, limits, async ({ zip, items }) => {
    for (const item of items.filter(({ type }) => type === 'file')) {
      const { path: name, entry } = item;
      await visit({ path: name, bytes: entry.uncompressedSize, open: () => openItem(path, zip, item) });
    }
  });
}
