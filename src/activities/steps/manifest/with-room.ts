import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import type { Target } from './target.js';

/** What the C library says (strerror of ENOSPC, EDQUOT; EROFS, EACCES), in the locale that commands run with. */
const full = /No space left on device|Disk quota exceeded/;
const closed = /Read-only file system|Permission denied/;

const saidBy = (error: HivekeeperError): string => `${String(error.details['stderr'] ?? '')}\n${error.message}`;

/**
 * Runs what writes to a path of a node. A disk that is full or that lets nobody write is said at once: the same again would
 * not help.
 * @throws HivekeeperError DiskFull, CheckFailed with node and path
 */
export async function withRoom<T>({ name, home }: Target, key: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    const path = key.startsWith('~/') ? key : `${home}/${key}`;
    const [reason] = closed.exec(saidBy(error)) ?? [];
    if (reason === undefined) throw diskFull(name, `for ${path}`, error) ?? error;
    const message = `${name}: ${path} cannot be written: ${reason}. The account of the broker must be able to.`;
    throw new HivekeeperError('CheckFailed', message, { host: name, path }, { cause: error });
  }
}

/** Runs a step, in which any command may find that there is no room. @throws HivekeeperError DiskFull */
export async function withRoomAnywhere<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    throw diskFull(String(error.details['host']), 'on its disk', error) ?? error;
  }
}

/** The error of a full disk; null for another one. */
function diskFull(name: string, where: string, error: HivekeeperError): HivekeeperError | null {
  const [line] = full.exec(saidBy(error)) ?? [];
  if (line === undefined) return null;
  const message = `${name}: there is no room ${where}: ${line}. Make room and run the operation again.`;
  return new HivekeeperError('DiskFull', message, { host: name }, { cause: error });
}
