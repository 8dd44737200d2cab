import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { type Measured, measuring } from '../content/measure.js';
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
): Promise<Measured> {
  const tar = pack();
  const measure = measuring();
  const written = pipeline(
    tar,
    createGzip(),
    measure.through,
    createWriteStream(target, { mode: 0o600, flush: true }),
    {
      ...(signal && { signal }),
    },
  );
  const filled = fill(tar, entries).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([written, filled]);
  return measure.result();
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
