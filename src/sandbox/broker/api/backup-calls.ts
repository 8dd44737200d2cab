import { flag, type Guarded, list, literal, maybe, number, record, text } from '../../wire/guards.js';
import { call } from '../cluster/channel.js';

/** A backup as the REST API shows it (OpenAPI specification, schema Backup). */
export const isBackupInfo = record({
  id: text,
  createdAt: text,
  bytes: maybe(number),
  failReason: maybe(text),
  state: literal('COMPLETED', 'RESTORE_COMPLETED', 'IN_PROGRESS', 'RESTORE_IN_PROGRESS', 'FAILED', 'RESTORE_FAILED'),
});
export type BackupInfo = Guarded<typeof isBackupInfo>;

/** The backups that one node has or makes. */
export const listBackups = call('list-backups', record({}), record({ items: list(isBackupInfo), busy: flag }));
/** Asks the node that has a backup to import it. */
export const restoreBackup = call('restore-backup', record({ id: text }), record({ backup: maybe(isBackupInfo) }));
/** The file, in Base64, from the node that has it. */
export const fetchBackup = call('fetch-backup', record({ id: text }), record({ content: maybe(text) }));
