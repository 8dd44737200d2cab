import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * The folders of a data folder. Names as in HiveMQ Community Edition's persistence folder; what lies in them is this
 * stand-in's own: one file per item, named by a hash of its key.
 */
export function layout(data: string): { persistence: string; sessions: string; queues: string; retained: string } {
  const persistence = join(data, 'persistence');
  return {
    persistence,
    sessions: join(persistence, 'client_session_store'),
    queues: join(persistence, 'client_queue'),
    retained: join(persistence, 'retained_messages'),
  };
}

/** The file name part that stands for a client id or a topic. */
export function keyHash(key: string): string {
  return createHash('sha1').update(key).digest('hex');
}

/** Where run.sh keeps the previous data of a node (HiveMQ documentation, "Restart the Cluster with Persistent Data"). */
export const clusterBackupFolder = 'cluster-backup';

export const deliveredFile = 'delivered';
