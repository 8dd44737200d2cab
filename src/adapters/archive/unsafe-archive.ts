import { basename } from 'node:path';
import { HivekeeperError } from '../../domain/errors/index.js';

/** An archive that is not unpacked. */
export function unsafe(archive: string, reason: string, cause?: unknown): HivekeeperError {
  const message = `The archive ${basename(archive)} is refused: ${reason}. Nothing was unpacked. Check where it comes from, or fetch it again.`;
  return new HivekeeperError('UnsafeArchive', message, { archive: basename(archive), reason }, { cause });
}
