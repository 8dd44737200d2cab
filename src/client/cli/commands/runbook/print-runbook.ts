import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Plan, planSchema } from '../../../../domain/plan/index.js';
import { type ClusterSpec, reviveClusterSpec } from '../../../../domain/spec/index.js';
import { renderRunbook } from '../../../../render/runbook/index.js';
import { describeOperation, queryPlan, queryRecord, type TemporalAddress } from '../../../temporal/index.js';
import { nameFiles } from '../../../content/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { loadSpecFile } from '../../spec-file/index.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface RunbookRequest {
  /** A file or a workflow id. */
  readonly plan: string;
  readonly specFile: string | undefined;
  readonly temporal: Partial<TemporalAddress>;
}

/** Prints a plan as a shell script. With a file and a spec it needs nobody. */
export async function printRunbook(request: RunbookRequest, io: CliIo): Promise<void> {
  const plan = (await planIn(resolve(io.cwd, request.plan))) ?? (await planOf(request, io));
  const spec =
    request.specFile === undefined ? await recordedSpec(request, plan.cluster, io) : await specIn(request.specFile, io);
  if (spec.name !== plan.cluster) {
    throw new CliError(exitCodes.usage, `the plan is of ${plan.cluster}, the spec of ${spec.name}`);
  }
  io.stdout.write(renderRunbook(plan, spec));
}

/** What a dry run with --json writes has the plan beside its report. */
const fileSchema = z.union([z.object({ plan: planSchema }).transform(({ plan }) => plan), planSchema]);

/** Null where no such file is. */
async function planIn(file: string): Promise<Plan | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null;
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(exitCodes.usage, `${file} holds no plan; write one with --dry-run --json`);
  }
}

async function planOf({ plan, temporal }: RunbookRequest, io: CliIo): Promise<Plan> {
  return await withTemporal(io, temporal, async (session) => {
    const found = await describeOperation(session, plan);
    if (!found) throw new CliError(exitCodes.usage, `${plan} is neither a file nor the id of an operation`);
    const prepared = await queryPlan(session, plan);
    if (!prepared) throw new CliError(exitCodes.refused, `${plan} has no plan`);
    return prepared.plan;
  });
}

async function specIn(file: string, io: CliIo): Promise<ClusterSpec> {
  return await nameFiles((await loadSpecFile(file, io)).spec);
}

async function recordedSpec({ temporal }: RunbookRequest, cluster: string, io: CliIo): Promise<ClusterSpec> {
  const { spec } = await withTemporal(io, temporal, (session) => queryRecord(session, cluster));
  if (spec !== null) return reviveClusterSpec(spec);
  throw new CliError(exitCodes.usage, `the record of ${cluster} has no spec; name one with --spec`);
}
