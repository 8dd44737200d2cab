import { z } from 'zod';
import { HivekeeperError } from '../../errors/index.js';
import { parseJson } from './health.js';

const oneSchema = z.object({
  id: z.string(),
  state: z.string(),
  bytes: z.number().nullish(),
  failReason: z.string().nullish(),
});
const backupSchema = z.object({ backup: oneSchema });
const listSchema = z.object({ items: z.array(oneSchema).nullish() });

export interface BackupState {
  readonly id: string;
  readonly state: string;
  readonly bytes: number | null;
  readonly failReason: string | null;
}

/** Null where the text is no backup. */
export function readBackup(text: string): BackupState | null {
  const parsed = backupSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return stateOf(parsed.data.backup);
}

/** Every backup that a broker lists; null where the text is no such list. */
export function readBackups(text: string): BackupState[] | null {
  const parsed = listSchema.safeParse(parseJson(text));
  return parsed.success ? (parsed.data.items ?? []).map(stateOf) : null;
}

function stateOf({ id, state, bytes, failReason }: z.output<typeof oneSchema>): BackupState {
  return { id, state, bytes: bytes ?? null, failReason: failReason ?? null };
}

/**
 * What a state means for a restore. `idle`: the backup lies there and nothing is done with it. The vendor's example of
 * a restore answers IN_PROGRESS, so that it means "runs" as RESTORE_IN_PROGRESS does. States that are not in the API
 * description (a cancelled backup is mentioned and has none) are `unknown`.
 */
export function meaningOf(state: string): 'idle' | 'running' | 'done' | 'failed' | 'unknown' {
  switch (state) {
    case 'COMPLETED':
      return 'idle';
    case 'IN_PROGRESS':
    case 'RESTORE_IN_PROGRESS':
      return 'running';
    case 'RESTORE_COMPLETED':
      return 'done';
    case 'FAILED':
    case 'RESTORE_FAILED':
      return 'failed';
    default:
      return 'unknown';
  }
}

/**
 * Where a backup file must lie for the broker to find it, relative to home (HiveMQ user guide, "Restore persistent
 * data"): `20220827-155127.hivemq-4.9.0.backup` lies in `backup/20220827-155127/`.
 * @throws InvalidInput for a name that is no backup's
 */
export function backupPath(fileName: string): string {
  const id = /^(\d{8}-\d{6,7})\.hivemq-\d+\.\d+\.\d+\.backup$/.exec(fileName)?.[1];
  if (id === undefined) {
    const expected = '<time>.hivemq-<version>.backup, such as 20220827-155127.hivemq-4.9.0.backup';
    throw new HivekeeperError('InvalidInput', `"${fileName}" is not the name of a backup file; expected ${expected}`);
  }
  return `backup/${id}/${fileName}`;
}
