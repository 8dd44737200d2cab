import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ContentStore, StoredContent } from '../../adapters/ports/index.js';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../domain/errors/index.js';

/** A file of this machine that a spec names. */
export interface LocalFile {
  /** Absolute path. */
  readonly file: string;
  /** Where the spec names it, for messages. */
  readonly key: string;
  /** SHA-256 that it must have, when the spec says one. */
  readonly sha256?: string;
}

type Take = (file: LocalFile) => Promise<StoredContent>;

/** Puts a file into a store. @throws HivekeeperError InvalidInput, ChecksumMismatch; nothing is kept then */
export const storeFile =
  (store: ContentStore): Take =>
  async (local) => {
    try {
      return await store.put(createReadStream(local.file), local.sha256);
    } catch (error) {
      if (isHivekeeperError(error, 'ChecksumMismatch')) throw mismatch(local, String(error.details['found']));
      throw concerns(error, local.file) ? unreadable(local, error) : error;
    }
  };

/** What storing the file would give. @throws HivekeeperError InvalidInput, ChecksumMismatch */
export const measureFile: Take = async (local) => {
  const sum = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(local.file)) {
      if (!Buffer.isBuffer(chunk)) continue;
      sum.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw unreadable(local, error);
  }
  const sha256 = sum.digest('hex');
  if (local.sha256 !== undefined && local.sha256 !== sha256) throw mismatch(local, sha256);
  return { sha256, bytes };
};

/** Whether there is anything at the path. @throws HivekeeperError InvalidInput when that cannot be told */
export async function exists(file: string, key: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw unreadable({ file, key }, error);
  }
}

/** A store that cannot be written is no fault of the file. Reading a folder names no path at all. */
const concerns = (error: unknown, file: string): boolean =>
  error instanceof Error && (('path' in error && error.path === file) || ('code' in error && error.code === 'EISDIR'));

function unreadable({ file, key }: LocalFile, error: unknown): HivekeeperError {
  const message = `${key}: ${file} cannot be read: ${messageOf(error)}. Nothing was started.`;
  return new HivekeeperError('InvalidInput', message, { file, key }, { cause: error });
}

function mismatch({ file, key, sha256 = '' }: LocalFile, found: string): HivekeeperError {
  const message = `${key}: ${file} has the SHA-256 ${found}, expected ${sha256}. Nothing was started. Check the file and the sha256 in the spec.`;
  return new HivekeeperError('ChecksumMismatch', message, { file, key, expected: sha256, found });
}
