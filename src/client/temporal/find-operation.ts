import { WorkflowNotFoundError } from '@temporalio/client';
import { HivekeeperError } from '../../domain/errors/index.js';
import { isOperationType, type OperationType } from '../../domain/operations/index.js';
import { searchAttributeNames } from '../../domain/operations/search-attributes.js';
import { nearestName } from '../../domain/spec/known-keys.js';
import type { TemporalSession } from './connection.js';
import { queryRecord } from './record.js';
import { searchAttributes } from './search-attributes.js';

/** An operation as the server lists it. */
export interface FoundOperation {
  readonly workflowId: string;
  readonly operation: OperationType;
  readonly cluster: string | null;
  readonly phase: string | null;
  readonly running: boolean;
  /** The server's word for how it ended, in lower case; `running` while it has not. */
  readonly status: string;
}

/** How many of the last operations are searched for one with a similar name. */
const recent = 200;

/**
 * The operation with this workflow id; the name of a cluster stands for the operation that it is in.
 * @throws HivekeeperError InvalidInput, with the nearest id, when there is none
 */
export async function findOperation(session: TemporalSession, name: string): Promise<FoundOperation> {
  if (!name.includes('/')) return await operationOf(session, name);
  const found = await describeOperation(session, name);
  if (found) return found;
  const near = nearestName(name, await recentIds(session));
  const hint = near === undefined ? 'see `hivekeeper status CLUSTER` for those that run' : `did you mean ${near}?`;
  throw new HivekeeperError('InvalidInput', `no operation has the id ${name}; ${hint}`);
}

/** What the server knows of an operation; null when there is no such one. */
export async function describeOperation(session: TemporalSession, workflowId: string): Promise<FoundOperation | null> {
  try {
    const { type, status, typedSearchAttributes } = await session.client.workflow.getHandle(workflowId).describe();
    if (!isOperationType(type)) return null;
    return {
      workflowId,
      operation: type,
      cluster: typedSearchAttributes.get(searchAttributes.cluster) ?? null,
      phase: typedSearchAttributes.get(searchAttributes.phase) ?? null,
      running: status.name === 'RUNNING',
      status: status.name.toLowerCase(),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function operationOf(session: TemporalSession, cluster: string): Promise<FoundOperation> {
  const { lease } = await queryRecord(session, cluster);
  const found = lease.holder ? await describeOperation(session, lease.holder.workflowId) : null;
  if (found) return found;
  throw new HivekeeperError('InvalidInput', `no operation holds ${cluster}; name one by its id`);
}

async function recentIds({ client }: TemporalSession): Promise<string[]> {
  const ids: string[] = [];
  const query = `${searchAttributeNames.operation} IS NOT NULL`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: recent })) {
    if (ids.push(workflowId) >= recent) break;
  }
  return ids;
}
