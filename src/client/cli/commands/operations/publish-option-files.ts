import { join, resolve } from 'node:path';
import { DirectoryContentStore } from '../../../../adapters/content/index.js';
import type { CliOption } from '../../../../domain/operations/index.js';
import { fileContentSchema } from '../../../../domain/spec/content.js';
import { workerConfigSchema } from '../../../../worker/config.js';
import { publishFile } from '../../../content/index.js';
import type { CliIo } from '../../io.js';

/**
 * Brings the files that options name to the worker.
 * @param input field of each option -> `{ file }`
 * @returns the same fields, each named by what the content store has
 * @throws HivekeeperError InvalidInput for a file that cannot be read, with the option's name
 */
export async function publishOptionFiles(
  options: readonly CliOption[],
  input: Readonly<Record<string, unknown>>,
  { data, dryRun = false }: { readonly data?: string | undefined; readonly dryRun?: boolean | undefined },
  { cwd }: Pick<CliIo, 'cwd'>,
): Promise<Record<string, unknown>> {
  const folder = data === undefined ? workerConfigSchema.parse({}).data : resolve(cwd, data);
  const store = new DirectoryContentStore(join(folder, 'content'));
  const found: Record<string, unknown> = {};
  for (const { flag, field } of options) {
    const { file } = fileContentSchema.parse(input[field]);
    found[field] = await publishFile({ file: resolve(cwd, file), key: `--${flag}` }, store, { dryRun });
  }
  return found;
}
