import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import { meaningOf, readBackup, type BackupState } from '../../../domain/products/hivemq/backups.js';
import type { Backup, DrivenNode, Progress } from '../../ports/index.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { restOf, type RestApi } from './rest-api.js';

const lookEvery = 250;
/** Milliseconds for which a restore may show no state that says that it runs or how it ended. */
const unknownFor = 120_000;

function failed(name: string, id: string, why: string): HivekeeperError {
  const message = `${name}: backup ${id} was not restored: ${why}`;
  return new HivekeeperError('RestoreFailed', message, { host: name, backup: id, reason: why });
}

async function look(rest: RestApi, path: string): Promise<BackupState | null> {
  const response = await rest.call('GET', path);
  if (response.status === 404) return null;
  const backup = response.status === 200 ? readBackup(response.body) : null;
  if (backup === null) throw rest.refusal('tell the state of a backup', response);
  return backup;
}

/** Starts the restore; null when the answer was lost or the API is not ready, so that its state must be looked at first. */
async function begin(rest: RestApi, name: string, id: string, path: string): Promise<BackupState | null> {
  try {
    const response = await rest.callOnce('POST', path);
    if (response.status === 503) return null;
    if (response.status === 404)
      throw failed(name, id, `the broker does not find it; its file must lie in backup/${id}/`);
    const backup = response.status === 200 ? readBackup(response.body) : null;
    if (backup === null) throw rest.refusal('restore a backup', response);
    return backup;
  } catch (error) {
    if (isHivekeeperError(error, 'ApiUnreachable')) return null;
    throw error;
  }
}

/**
 * Restores a backup that lies in the node's backup folder and waits for the verdict. A restore of it that runs or has
 * completed in this broker's life is followed, not started again; one that failed earlier is tried anew.
 * @throws RestoreFailed with the broker's own reason
 */
export async function importBackup(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  id: string,
  progress: Progress,
): Promise<Backup> {
  const { clock } = dependencies;
  const { name } = node;
  const rest = await restOf(dependencies, node.spec, membersOf(node).self, progress.signal);
  const path = `/api/v1/management/backups/${encodeURIComponent(id)}`;
  let backup = await look(rest, path);
  let began = false;
  let known = clock.now();
  for (;;) {
    const meaning = backup === null ? 'idle' : meaningOf(backup.state);
    if (backup !== null && meaning === 'done') return backup;
    if (backup !== null && meaning === 'failed' && began)
      throw failed(name, id, backup.failReason ?? `its state is ${backup.state}`);
    if (meaning === 'running') known = clock.now();
    if (clock.now() - known > unknownFor) {
      throw failed(name, id, `its state is ${backup?.state ?? 'not known to the broker'} for ${unknownFor / 1000} s`);
    }
    if (!began && (meaning === 'idle' || meaning === 'failed')) {
      const answer = await begin(rest, name, id, path);
      began = answer !== null;
      // Lost answers are looked after: the restore may well run.
      if (answer !== null) {
        backup = answer;
        continue;
      }
    }
    progress.report(`${name}: waiting for the restore of ${id}, ${backup?.state ?? 'not begun'}`);
    await clock.sleep(lookEvery, progress.signal);
    backup = await look(rest, path);
  }
}
