import { operationDefinition, type OperationType, parseOperationInput } from '../../../../domain/operations/index.js';
import {
  requireCluster,
  type StartedOperation,
  startOperation,
  type TemporalAddress,
  type TemporalSession,
} from '../../../temporal/index.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import { withTemporal } from '../shared/with-temporal.js';
import { followOperation, type FollowedOperation } from './follow-operation.js';

export interface RunRequest {
  readonly type: OperationType;
  readonly input: Readonly<Record<string, unknown>>;
  readonly wait: boolean;
  readonly json: boolean;
  readonly temporal: Partial<TemporalAddress>;
}

/**
 * Starts an operation. What is wrong with its input, and a cluster that does not exist, are told before anything is
 * started. Operations that change nothing are awaited always: their answer is what they are for.
 * @returns how it ended; null where it was not awaited
 */
export async function runOperation({ temporal, ...request }: RunRequest, io: CliIo): Promise<FollowedOperation | null> {
  return await withTemporal(io, temporal, (session) => runIn(session, request, io));
}

/** As `runOperation`, within a session that is open already. */
export async function runIn(
  session: TemporalSession,
  { type, input, wait, json }: Omit<RunRequest, 'temporal'>,
  io: CliIo,
): Promise<FollowedOperation | null> {
  const definition = operationDefinition(type);
  const { cluster, dryRun } = parseOperationInput(type, input);
  const readOnly = dryRun === true;
  if (definition.startsRecord !== true) await requireCluster(session, cluster);
  const started = await startOperation(session.client, type, input);
  if (readOnly || wait) {
    if (!readOnly) io.stderr.write(`Started ${started.workflowId}\n`);
    return await followOperation(session, started.workflowId, { json, brief: readOnly }, io);
  }
  if (json) printJson(io, started);
  else io.stdout.write(startedText(started));
  return null;
}

const startedText = ({ workflowId }: StartedOperation): string => `Started ${workflowId}
  watch it:  hivekeeper wait ${workflowId}
  pause it:  hivekeeper pause ${workflowId}
  cancel it: hivekeeper cancel ${workflowId}
`;
