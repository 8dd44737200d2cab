import { text } from 'node:stream/consumers';
import { unsafe } from './unsafe-archive.js';
import { openItem, withZip } from './read-zip.js';

/** Characters that a description may have; far above any real one. */
const longest = 1024 * 1024;

/** The text of one file of a zip; null where it has none at that path. @throws UnsafeArchive */
export async function readZipText(path: string, file: string): Promise<string | null> {
  return withZip(path, {}, async ({ zip, items }) => {
    const item = items.find((one) => one.type === 'file' && one.path === file);
    if (item === undefined) return null;
    if (item.entry.uncompressedSize > longest) throw unsafe(path, `${file} is larger than ${longest} bytes`);
    return text(await openItem(path, zip, item));
  });
}
