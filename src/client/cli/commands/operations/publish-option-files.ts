import { basename, join, resolve } from 'node:path';
import { DirectoryContentStore } from '../../../../adapters/content/index.js';
import { fileContentSchema } from '../../../../domain/spec/content.js';
import type { StoredFile } from '../../../../domain/spec/index.js';
import { workerConfigSchema } from '../../../../worker/config.js';
import { publishBytes, publishFile } from '../../../content/index.js';
import type { CliIo } from '../../io.js';
import { decodedFile } from './decoded-file.js';
import type { GivenOption } from './given-options.js';

/**
 * Brings the files that options name to the worker.
 * @param files options with `{ file }` as their value
 * @returns field of each option -> what the content store has
 * @throws HivekeeperError InvalidInput for a file that cannot be read, with the option's name
 */
export async function publishOptionFiles(
  files: readonly GivenOption[],
  { data, dryRun = false }: { readonly data?: string | undefined; readonly dryRun?: boolean | undefined },
  { cwd }: Pick<CliIo, 'cwd'>,
): Promise<Record<string, StoredFile>> {
  const folder = data === undefined ? workerConfigSchema.parse({}).data : resolve(cwd, data);
  const store = new DirectoryContentStore(join(folder, 'content'));
  const found: Record<string, StoredFile> = {};
  for (const { option, value } of files) {
    const local = { file: resolve(cwd, fileContentSchema.parse(value).file), key: `--${option.flag}` };
    found[option.field] =
      option.type === 'base64-file'
        ? await publishBytes(await decodedFile(local), basename(local.file).replace(/\.(b64|base64)$/, ''), store, {
            dryRun,
          })
        : await publishFile(local, store, { dryRun });
  }
  return found;
}
