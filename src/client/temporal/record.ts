import { WorkflowNotFoundError } from '@temporalio/client';
import { HivekeeperError } from '../../domain/errors/index.js';
import {
  recordMessages,
  type RecordState,
  recordStateSchema,
  recordWorkflowId,
  recordWorkflowType,
  type Uncordon,
} from '../../domain/record/index.js';
import { nearestName } from '../../domain/spec/known-keys.js';
import type { TemporalSession } from './connection.js';
import { query } from './operation-messages.js';

/** Names of all clusters that have a record, sorted. */
export async function listClusters({ client }: TemporalSession): Promise<string[]> {
  const prefix = recordWorkflowId('');
  const names: string[] = [];
  const running = `WorkflowType = '${recordWorkflowType}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query: running })) {
    if (workflowId.startsWith(prefix)) names.push(workflowId.slice(prefix.length));
  }
  return names.sort();
}

/** Makes sure that a cluster is known. @throws HivekeeperError UnknownCluster that names the nearest ones */
export async function requireCluster(session: TemporalSession, cluster: string): Promise<void> {
  try {
    const { status } = await session.client.workflow.getHandle(recordWorkflowId(cluster)).describe();
    if (status.name === 'RUNNING' || status.name === 'PAUSED') return;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const known = await listClusters(session);
  const near = nearestName(cluster, known);
  const hint =
    known.length === 0
      ? 'there is none yet; `hivekeeper deploy FILE` makes one'
      : near === undefined
        ? `known clusters: ${known.join(', ')}`
        : `did you mean ${near}?`;
  throw new HivekeeperError('UnknownCluster', `no cluster is named ${cluster}; ${hint}`, { cluster });
}

/** Everything that the record of a cluster knows. @throws HivekeeperError UnknownCluster */
export async function queryRecord(session: TemporalSession, cluster: string): Promise<RecordState> {
  await requireCluster(session, cluster);
  return recordStateSchema.parse(await query(session, recordWorkflowId(cluster), recordMessages.state));
}

/**
 * Lets a host be chosen for new nodes again.
 * @throws HivekeeperError UnknownCluster; WorkflowUpdateFailedError when the host is not cordoned
 */
export async function uncordon(session: TemporalSession, cluster: string, host: string): Promise<RecordState> {
  await requireCluster(session, cluster);
  const input: Uncordon = { host };
  const handle = session.client.workflow.getHandle(recordWorkflowId(cluster));
  return recordStateSchema.parse(
    await handle.executeUpdate<unknown, [Uncordon]>(recordMessages.uncordon, { args: [input] }),
  );
}
