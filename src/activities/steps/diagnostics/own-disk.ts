import { HivekeeperError } from '../../../domain/errors/index.js';

/** Runs what writes to the worker's own disk. @throws HivekeeperError DiskFull, which trying again would not mend */
export async function onOwnDisk<T>(folder: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    const message = `the worker has no room in ${folder} (${code}). Make room, or take less of the logs, and run the operation again.`;
    throw new HivekeeperError('DiskFull', message, { path: folder }, { cause: error });
  }
}
