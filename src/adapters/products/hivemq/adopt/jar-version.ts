import { constants, inflateRawSync } from 'node:zlib';

const localHeader = 0x04034b50;

/** A damaged or cut entry is read as far as it goes. */
function inflated(data: Buffer): string {
  try {
    return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1024 * 1024 }).toString('utf8');
  } catch {
    return '';
  }
}

/**
 * The version in the manifest of a jar, from its first bytes: the manifest is the first file of a jar, so that no program
 * that reads zip files is needed on the host. Null where it is not there.
 */
export function jarVersion(head: Buffer): string | null {
  let offset = 0;
  while (offset + 30 <= head.length && head.readUInt32LE(offset) === localHeader) {
    const method = head.readUInt16LE(offset + 8);
    const size = head.readUInt32LE(offset + 18);
    const nameLength = head.readUInt16LE(offset + 26);
    const start = offset + 30 + nameLength + head.readUInt16LE(offset + 28);
    const name = head.subarray(offset + 30, offset + 30 + nameLength).toString('utf8');
    if (name === 'META-INF/MANIFEST.MF') {
      // A size of 0 with data: the size follows the data, and inflating ends by itself.
      const data = head.subarray(start, method === 0 || size > 0 ? start + size : undefined);
      const text = method === 0 ? data.toString('utf8') : inflated(data);
      return /^(?:Implementation|HiveMQ|Bundle)-Version: *(\d+(?:\.\d+)+)\s*$/m.exec(text)?.[1] ?? null;
    }
    if (size === 0 && !name.endsWith('/')) return null;
    offset = start + size;
  }
  return null;
}
