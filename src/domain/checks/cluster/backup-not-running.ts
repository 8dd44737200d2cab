import type { ClusterCheckContext } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

/** HiveMQ aborts a backup when the topology changes (REST API, tag "Backup & Restore"). */
export const backupNotRunning: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'backup-not-running',
  meaning: 'No backup and no restore runs in the cluster: a change of its members would abort it.',
  remedy: 'Wait until it has ended, or abort it.',
  unmet: 'wait',
  evaluate: ({ facts }) => {
    const backup = facts?.backup;
    if (backup === undefined) return { holds: true, found: 'the broker does not tell of any backup' };
    if (backup === null) return { holds: true, found: 'no backup or restore runs' };
    return { holds: false, reason: `backup ${backup.id} is ${backup.state}` };
  },
});
