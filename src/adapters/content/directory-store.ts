import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { ContentStore, StoredContent } from '../ports/index.js';
import { measuring } from './measure.js';

const documentName = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const hash = /^[0-9a-f]{64}$/;

/**
 * A content store in a folder of the worker: `sha256/ab/<hash>` and `documents/<name>`. Files appear whole, by rename,
 * so that workers on one machine can share the folder. It holds key material too, so nobody but the worker's user can
 * look into it.
 */
export class DirectoryContentStore implements ContentStore {
  constructor(private readonly folder: string) {}

  async put(source: Readable | Buffer | string, expected?: string): Promise<StoredContent> {
    const temp = join(this.folder, 'incoming', randomBytes(12).toString('hex'));
    const input = source instanceof Readable ? source : Readable.from([Buffer.from(source)]);
    // A source may fail before anything reads it.
    const failure: { early?: Error } = {};
    input.once('error', (error: Error) => {
      failure.early = error;
    });
    await mkdir(dirname(temp), { recursive: true, mode: 0o700 });
    // A folder of an earlier version may be open to others; one that belongs to another user is that user's to close.
    await chmod(this.folder, 0o700).catch(() => undefined);
    const measure = measuring();
    try {
      await pipeline(input, measure.through, createWriteStream(temp, { mode: 0o600, flush: true }));
      const { sha256, bytes } = measure.result();
      if (expected !== undefined && expected !== sha256) throw mismatch(expected, sha256, bytes);
      const target = this.fileOf(sha256);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(temp, target);
      return { sha256, bytes };
    } catch (error) {
      await rm(temp, { force: true });
      throw failure.early ?? error;
    }
  }

  async has(sha256: string): Promise<StoredContent | null> {
    try {
      return { sha256, bytes: (await stat(this.fileOf(sha256))).size };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async pathOf(sha256: string): Promise<string> {
    if (!(await this.has(sha256))) throw contentMissing(sha256);
    return this.fileOf(sha256);
  }

  /** Reads and verifies: a file that rotted on the disk is refused. */
  async read(sha256: string): Promise<Buffer> {
    const bytes = await readFile(await this.pathOf(sha256));
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw mismatch(sha256, found, bytes.length);
    return bytes;
  }

  async saveDocument(name: string, json: string): Promise<void> {
    const path = this.documentOf(name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temp = `${path}.${randomBytes(6).toString('hex')}.new`;
    try {
      const file = await open(temp, 'w', 0o600);
      try {
        await file.writeFile(json);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temp, path);
    } catch (error) {
      await rm(temp, { force: true });
      throw error;
    }
  }

  async loadDocument(name: string): Promise<string | null> {
    try {
      return await readFile(this.documentOf(name), 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Streams stored content, for copies elsewhere. @throws ContentMissing */
  async open(sha256: string): Promise<Readable> {
    return createReadStream(await this.pathOf(sha256));
  }

  private fileOf(sha256: string): string {
    if (!hash.test(sha256))
      throw new HivekeeperError('InvalidInput', `"${sha256}" is not a SHA-256 in small hexadecimal digits.`);
    return join(this.folder, 'sha256', sha256.slice(0, 2), sha256);
  }

  private documentOf(name: string): string {
    if (name.length > 512 || !documentName.test(name)) {
      throw new HivekeeperError(
        'InvalidInput',
        `"${name}" is not a name for a document: letters, digits, ".", "_", "-", and "/" between parts.`,
      );
    }
    // Only a file has the ending, so that `a` and `a/b` can both exist.
    return join(this.folder, 'documents', `${name}.json`);
  }
}

export function mismatch(expected: string, found: string, bytes: number, where = 'The content'): HivekeeperError {
  return new HivekeeperError(
    'ChecksumMismatch',
    `${where} has the SHA-256 ${found} (${bytes} bytes), expected ${expected}. Nothing was kept. Check the source and the sha256 in the spec.`,
    { expected, found, bytes },
  );
}

export function contentMissing(sha256: string): HivekeeperError {
  return new HivekeeperError(
    'ContentMissing',
    `Content with the SHA-256 ${sha256} is not in the content store of the worker. Bring it again: run the command that brought it, with --data and the worker's data folder where that is another than the command's default.`,
    { sha256 },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
