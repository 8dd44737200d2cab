import { createHash } from 'node:crypto';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type PackedFile, readPackedNote } from '../../../../domain/diagnostics/index.js';
import { messageOf } from '../../../../domain/errors/index.js';
import type { OperationReport } from '../../../../domain/operations/index.js';
import { workerConfigSchema } from '../../../../worker/config.js';
import type { TemporalAddress } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import type { CommonOptions } from '../operations/operation-input.js';
import { runOperation } from '../operations/run-operation.js';

export interface DiagnoseRequest {
  readonly input: Readonly<Record<string, unknown>>;
  /** Where the file is copied. */
  readonly output: string | undefined;
  readonly options: CommonOptions;
  readonly temporal: Partial<TemporalAddress>;
}

/** Has diagnostics collected; says where the file lies, or copies it. @throws CliError when it cannot be copied */
export async function diagnose({ input, output, options, temporal }: DiagnoseRequest, io: CliIo): Promise<void> {
  const { json, data } = options;
  const wait = options.wait || output !== undefined;
  const followed = await runOperation({ type: 'diagnoseCluster', input, wait, json, temporal }, io);
  if (followed?.end.outcome !== 'completed') return;
  const packed = packedBy(followed.end.report);
  if (packed === null) return;
  if (output === undefined) {
    io.stderr.write(`The diagnostics are in ${packed.path} on the machine of the worker\n`);
    return;
  }
  const folder = data === undefined ? workerConfigSchema.parse({}).data : resolve(io.cwd, data);
  await copy(packed, join(folder, 'diagnostics', basename(packed.path)), resolve(io.cwd, output));
  io.stderr.write(`The diagnostics are in ${output}\n`);
}

function packedBy({ steps }: OperationReport): PackedFile | null {
  const step = steps.find(({ id }) => id === 'cluster/packDiagnostics');
  return step?.note === undefined ? null : readPackedNote(step.note);
}

/** The file appears whole, and only if it is the one that the report names. */
async function copy(packed: PackedFile, source: string, target: string): Promise<void> {
  const part = `${target}.part`;
  try {
    await copyFile(source, part);
    await chmod(part, 0o600);
    const sha256 = await sha256Of(part);
    if (sha256 !== packed.sha256) throw new Error(`${source} has the SHA-256 ${sha256}, expected ${packed.sha256}`);
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    const message = `it could not be copied: ${messageOf(error)}. The diagnostics are in ${packed.path} on the machine of the worker; on that machine --data names the worker's data folder.`;
    throw new CliError(exitCodes.failed, message, { cause: error });
  }
}

async function sha256Of(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(Buffer.from(chunk));
  return sum.digest('hex');
}
