import type { Client } from '@temporalio/client';
import {
  operationDefinition,
  type OperationType,
  type ParsedInput,
  parseOperationInput,
  taskQueue,
} from '../../domain/operations/index.js';
import { operationId } from './operation-id.js';
import { searchAttributes } from './search-attributes.js';

export interface StartedOperation {
  readonly workflowId: string;
  readonly runId: string;
  readonly cluster: string;
  readonly operation: OperationType;
}

/**
 * Starts an operation and returns without waiting for it. What is sent is the input as it was given; the workflow
 * reads it again, so that an input through any door is read alike.
 * @param workflowId default: `<cluster>/<operation>/<time>`; a second start under the same id is refused by the server.
 * @throws HivekeeperError InvalidInput before anything is started
 */
export async function startOperation(
  client: Client,
  type: OperationType,
  input: unknown,
  workflowId?: string,
): Promise<StartedOperation> {
  const parsed = parseOperationInput(type, input);
  const { cluster } = parsed;
  const id = workflowId ?? operationId(cluster, type);
  const handle = await client.workflow.start(type, {
    workflowId: id,
    taskQueue,
    args: [input],
    staticSummary: summaryOf(type, parsed),
    typedSearchAttributes: [
      { key: searchAttributes.cluster, value: cluster },
      { key: searchAttributes.operation, value: type },
      { key: searchAttributes.phase, value: operationDefinition(type).lease ? 'queued' : 'planning' },
    ],
  });
  return { workflowId: id, runId: handle.firstExecutionRunId, cluster, operation: type };
}

function summaryOf(type: OperationType, { cluster, dryRun, reason }: ParsedInput): string {
  const dry = dryRun === true && operationDefinition(type).lease ? ' (dry run)' : '';
  return `${type} ${cluster}${dry}${reason === undefined ? '' : `: ${reason}`}`;
}
