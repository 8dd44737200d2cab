import { isHivekeeperError } from '../../../../domain/errors/index.js';
import { runnableSteps } from '../../../../domain/plan/index.js';
import { queryRecord, type TemporalAddress, type TemporalSession } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { runIn } from '../operations/run-operation.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface PlanRequest {
  readonly input: { readonly cluster: string; readonly spec: unknown };
  readonly exitCode: boolean;
  readonly json: boolean;
}

/** @throws CliError with `differs` where that was asked for and there is something to apply */
export async function showPlan(
  { input, exitCode, json }: PlanRequest,
  temporal: Partial<TemporalAddress>,
  io: CliIo,
): Promise<void> {
  const { cluster, spec } = input;
  const followed = await withTemporal(io, temporal, async (session) => {
    const type = (await isDeployed(session, cluster)) ? ('applySpec' as const) : ('deployCluster' as const);
    return await runIn(session, { type, input: { cluster, spec, dryRun: true }, wait: true, json }, io);
  });
  const plan = followed?.last.plan?.plan;
  if (!exitCode || !plan) return;
  if ((plan.difference ?? []).length > 0 || runnableSteps(plan.root).length > 0) {
    throw new CliError(exitCodes.differs, `${cluster} is not as the file says`);
  }
}

async function isDeployed(session: TemporalSession, cluster: string): Promise<boolean> {
  try {
    return (await queryRecord(session, cluster)).spec !== null;
  } catch (error) {
    if (isHivekeeperError(error, 'UnknownCluster')) return false;
    throw error;
  }
}
