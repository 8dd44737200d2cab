import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ArchiveLimits } from './archive-items.js';
import { inspectZip } from './inspect-zip.js';
import { tarContents } from './read-tar.js';
import { tarToTar } from './tar-to-tar.js';
import { unsafe } from './unsafe-archive.js';
import { zipToTar } from './zip-to-tar.js';

/** By its first bytes, since content in the store has no name: a zip, or a gzip, which is taken for a .tar.gz. */
async function kindOf(path: string): Promise<'zip' | 'tar.gz'> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (buffer.toString('latin1') === 'PK') return 'zip';
    if (buffer.toString('hex') === '1f8b') return 'tar.gz';
    throw unsafe(path, 'it is neither a .zip nor a .tar.gz');
  } finally {
    await file.close();
  }
}

/** Reads a .zip or .tar.gz to its last byte before any of it goes to a node. @throws UnsafeArchive */
export async function inspectArchive(path: string, limits: Partial<ArchiveLimits> = {}): Promise<void> {
  if ((await kindOf(path)) === 'zip') await inspectZip(path, limits);
  else await tarContents(path, limits);
}

/** A .zip or .tar.gz as the tar stream that is unpacked on a host. @throws UnsafeArchive */
export async function archiveToTar(path: string, sha256: string, limits?: Partial<ArchiveLimits>): Promise<Readable> {
  return (await kindOf(path)) === 'zip' ? zipToTar(path, sha256, limits) : tarToTar(path, sha256, limits);
}
