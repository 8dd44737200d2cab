import { findOperation, type TemporalAddress } from '../../../temporal/index.js';
import type { CliIo } from '../../io.js';
import { withTemporal } from '../shared/with-temporal.js';
import { followOperation } from './follow-operation.js';

/** Follows an operation by its id, or the one that a cluster is in. */
export async function waitForOperation(
  name: string,
  { json, temporal }: { json: boolean; temporal: Partial<TemporalAddress> },
  io: CliIo,
): Promise<void> {
  await withTemporal(io, temporal, async (session) => {
    const { workflowId } = await findOperation(session, name);
    await followOperation(session, workflowId, { json, brief: false }, io);
  });
}
