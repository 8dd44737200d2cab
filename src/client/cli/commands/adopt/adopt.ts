import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { messageOf } from '../../../../domain/errors/index.js';
import type { TemporalAddress } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import type { CommonOptions } from '../operations/operation-input.js';
import { runOperation } from '../operations/run-operation.js';
import { outlineInput } from './outline-input.js';

export interface AdoptRequest {
  readonly file: string;
  /** Where the spec that was read is written. */
  readonly write: string | undefined;
  readonly options: CommonOptions;
  readonly temporal: Partial<TemporalAddress>;
}

/** Starts the adoption, and writes the spec that it has read. @throws CliError when that cannot be written */
export async function adopt({ file, write, options, temporal }: AdoptRequest, io: CliIo): Promise<void> {
  const { dryRun, approval, override, onBusy, reason, wait, json } = options;
  if (write !== undefined && dryRun !== true && !wait) {
    throw new CliError(exitCodes.usage, '--write needs the end of the operation: add --dry-run or --wait');
  }
  const all = {
    ...(await outlineInput(file, options, io)),
    ...{ dryRun, approval, overrideChecks: override, onBusy, reason },
  };
  const input = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const followed = await runOperation({ type: 'adoptCluster', input, wait, json, temporal }, io);
  const spec = followed?.last.plan?.plan.adoption?.spec;
  if (write === undefined || spec === undefined) return;
  const head = `# Read from the hosts of ${String(spec['name'])} by hivekeeper adopt.\n`;
  try {
    await writeFile(resolve(io.cwd, write), head + stringify(spec, { lineWidth: 0 }));
  } catch (error) {
    throw new CliError(exitCodes.failed, `the spec could not be written: ${messageOf(error)}`, { cause: error });
  }
  io.stderr.write(`The spec is in ${write}\n`);
}
