import { describeOperation, requireCluster, type TemporalSession } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { type RunRequest, runIn } from '../operations/run-operation.js';
import { withTemporal } from '../shared/with-temporal.js';

/** Takes back the operation with this id, or the last one of the cluster with this name. */
export async function rollBack({ temporal, input, ...request }: Omit<RunRequest, 'type'>, io: CliIo): Promise<void> {
  await withTemporal(io, temporal, async (session) => {
    const { operation, ...rest } = input;
    const what = await whatToTakeBack(session, String(operation));
    await runIn(session, { type: 'rollBack', input: { ...rest, ...what }, ...request }, io);
  });
}

async function whatToTakeBack(
  session: TemporalSession,
  name: string,
): Promise<{ cluster: string; operation?: string }> {
  const found = await describeOperation(session, name);
  const cluster = found?.cluster ?? null;
  if (cluster !== null) return { cluster, operation: name };
  if (name.includes('/')) throw new CliError(exitCodes.usage, `no operation has the id ${name}`);
  await requireCluster(session, name);
  return { cluster: name };
}
