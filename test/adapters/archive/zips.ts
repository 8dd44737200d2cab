import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export type ZipPart = readonly [name: string, content: string | Buffer | null, mode?: number];

/** A zip made by another library than the one under test; `null` content makes a folder. */
export async function makeZip(path: string, parts: readonly ZipPart[]): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content, mode] of parts) {
    if (content === null) zip.addEmptyDirectory(name, mode === undefined ? {} : { mode });
    else zip.addBuffer(Buffer.from(content), name, mode === undefined ? {} : { mode });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}
