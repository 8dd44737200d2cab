import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';

/** Name of the file that proves that a folder was unpacked whole; it holds the SHA-256 of the archive. */
export const markerName = '.hivekeeper-archive';

/**
 * A tar stream that `fill` writes to, because every host has tar and many have no unzip. The marker is the last entry, so
 * that a stream that was cut is told apart. What `fill` throws fails the stream.
 */
export function packTar(sha256: string, fill: (tar: Pack) => Promise<void>): Readable {
  const tar = pack();
  const out = new PassThrough({ highWaterMark: 1024 * 1024 });
  pipeline(tar, out).catch(() => undefined);
  const write = async (): Promise<void> => {
    await fill(tar);
    await addSmall(tar, { name: markerName, mode: 0o644, type: 'file' }, `${sha256}\n`);
    tar.finalize();
  };
  write().catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  out.once('close', () => tar.destroy());
  return out;
}

/** Adds an entry without data of its own, or with a short text. */
export function addSmall(tar: Pack, header: Partial<Header> & Pick<Header, 'name'>, text?: string): Promise<void> {
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
