import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ZipFile } from 'yazl';

/** A made archive. */
export interface Archive {
  file: string;
  /** SHA-256 in hexadecimal digits; the same input gives the same bytes. */
  sha256: string;
  bytes: number;
}

export interface ZipEntry {
  path: string;
  /** Absent: an empty folder. */
  content?: string | Buffer;
  executable?: boolean;
}

/** Any fixed time: an archive must not depend on when it is made. */
const mtime = new Date(Date.UTC(2024, 0, 1));

/** Writes a zip archive whole or not at all. */
export async function writeZip(outFile: string, entries: readonly ZipEntry[]): Promise<Archive> {
  const zip = new ZipFile();
  for (const { path, content, executable } of entries) {
    if (content === undefined) zip.addEmptyDirectory(path, { mtime, mode: 0o755 });
    else
      zip.addBuffer(Buffer.from(content), path, { mtime, mode: executable ? 0o755 : 0o644, forceDosTimestamp: true });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  mkdirSync(dirname(outFile), { recursive: true });
  const part = `${outFile}.${process.pid}.part`;
  writeFileSync(part, bytes);
  renameSync(part, outFile);
  return { file: outFile, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}
