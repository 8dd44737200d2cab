import { stat } from 'node:fs/promises';
import { linkTarget, openItem, withZip } from './read-zip.js';
import type { ArchiveLimits } from './archive-items.js';

export interface ZipSummary {
  /** The one folder that holds everything; null where there is none. */
  readonly topFolder: string | null;
  readonly entries: number;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
}

/** Archives that were found whole, by path, size and time of change: twenty nodes get the same one. */
const inspected = new Map<string, ZipSummary>();
const remembered = 32;

/** Reads a zip to its last byte before any of it goes to a node. @throws UnsafeArchive */
export async function inspectZip(path: string, limits: Partial<ArchiveLimits> = {}): Promise<ZipSummary> {
  const { size, mtimeMs, ino } = await stat(path);
  const key = JSON.stringify([path, size, mtimeMs, ino, limits]);
  const known = inspected.get(key);
  if (known) return known;
  const summary = await withZip(path, limits, async ({ zip, items, topFolder, bytes }) => {
    for (const item of items) {
      if (item.type === 'symlink') await linkTarget(path, zip, item, topFolder);
      else if (item.type === 'file') for await (const _ of await openItem(path, zip, item));
    }
    return { topFolder, entries: items.length, bytes };
  });
  inspected.set(key, summary);
  const [oldest] = inspected.keys();
  if (inspected.size > remembered && oldest !== undefined) inspected.delete(oldest);
  return summary;
}
