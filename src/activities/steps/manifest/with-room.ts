import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import type { Target } from './target.js';

/** What the C library says (strerror of ENOSPC, EDQUOT; EROFS, EACCES), in the locale that commands run with. */
const full = /No space left on device|Disk quota exceeded/;
const closed = /Read-only file system|Permission denied/;

/**
 * Runs what writes to a path of a node. A disk that is full or that lets nobody write is said at once: the same again would not help.
 * @throws HivekeeperError DiskFull, CheckFailed with node and path
 */
export async function withRoom<T>({ name, home }: Target, key: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    const said = `${String(error.details['stderr'] ?? '')}\n${error.message}`;
    const path = key.startsWith('~/') ? key : `${home}/${key}`;
    const [line] = full.exec(said) ?? [];
    if (line !== undefined) {
      const message = `${name}: there is no room for ${path}: ${line}. Make room on that disk and run the operation again.`;
      throw new HivekeeperError('DiskFull', message, { host: name, path }, { cause: error });
    }
    const [reason] = closed.exec(said) ?? [];
    if (reason === undefined) throw error;
    const message = `${name}: ${path} cannot be written: ${reason}. The account of the broker must be able to.`;
    throw new HivekeeperError('CheckFailed', message, { host: name, path }, { cause: error });
  }
}
