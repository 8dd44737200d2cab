import type { SetDrainRate } from '../../../../domain/operations/index.js';
import { findOperation, queryProgress, setDrainRate, type TemporalAddress } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface DrainRateRequest {
  readonly operation: string;
  readonly rate: SetDrainRate;
  readonly json: boolean;
}

/** Tells an operation another pace, after making sure that it can still hear it and has such a node. */
export async function changeDrainRate(
  { operation, rate, json }: DrainRateRequest,
  temporal: Partial<TemporalAddress>,
  io: CliIo,
): Promise<void> {
  await withTemporal(io, temporal, async (session) => {
    const { workflowId, running, status } = await findOperation(session, operation);
    if (!running) throw new CliError(exitCodes.usage, `${workflowId} has already ended: ${status}`);
    const { clientsPerSecond, node } = rate;
    if (node !== undefined) {
      const { steps } = await queryProgress(session, workflowId);
      const nodes = [...new Set(steps.flatMap((step) => step.node ?? []))];
      if (!nodes.includes(node)) {
        throw new CliError(
          exitCodes.usage,
          `${workflowId} has nothing to do with a node ${node}; its nodes: ${nodes.join(', ') || 'none'}`,
        );
      }
    }
    await setDrainRate(session, workflowId, rate);
    const whose = node === undefined ? '' : ` of ${node}`;
    if (json) printJson(io, { workflowId, requested: 'setDrainRate', ...rate });
    else io.stdout.write(`${workflowId}: moves ${clientsPerSecond} clients${whose} a second from now on\n`);
  });
}
