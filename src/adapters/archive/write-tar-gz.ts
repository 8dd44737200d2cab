import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { addSmall } from './pack-tar.js';

/** One file of an archive that is written: a file of this machine, or a text. */
export type TarGzEntry = { readonly name: string } & ({ readonly file: string } | { readonly text: string });

/**
 * Writes a .tar.gz that nobody but its owner may read (mode 0600), a few blocks of it in memory at a time.
 * @returns its size and SHA-256, once it is on the disk
 */
export async function writeTarGz(
  target: string,
  entries: readonly TarGzEntry[],
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const tar = pack();
  const sum = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const written = pipeline(tar, createGzip(), measure, createWriteStream(target, { mode: 0o600, flush: true }), {
    ...(signal && { signal }),
  });
  const filled = fill(tar, entries).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([written, filled]);
  return { bytes, sha256: sum.digest('hex') };
}

async function fill(tar: Pack, entries: readonly TarGzEntry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.name, mode: 0o600, type: 'file' as const };
    if ('text' in entry) await addSmall(tar, header, entry.text);
    else {
      const { size, mtime } = await stat(entry.file);
      await pipeline(createReadStream(entry.file), tar.entry({ ...header, size, mtime }));
    }
  }
  tar.finalize();
}
