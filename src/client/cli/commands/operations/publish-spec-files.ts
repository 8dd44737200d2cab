import { basename, join, resolve } from 'node:path';
import { DirectoryContentStore } from '../../../../adapters/content/index.js';
import { HivekeeperError, isHivekeeperError } from '../../../../domain/errors/index.js';
import { type ClusterSpec, contentFiles, formatPath } from '../../../../domain/spec/index.js';
import { workerConfigSchema } from '../../../../worker/config.js';
import { publishFiles } from '../../../content/index.js';
import type { CliIo } from '../../io.js';
import type { LoadedSpec } from '../../spec-file/index.js';

export interface PublishRequest {
  readonly loaded: Pick<LoadedSpec, 'spec' | 'locate'>;
  /** The spec file as on the command line, for messages. */
  readonly file: string;
  /** As on the command line; default: where a worker without a configuration keeps its data. */
  readonly data: string | undefined;
  readonly dryRun: boolean;
}

/** Brings the files of a spec to the worker. @returns the spec as it is sent */
export async function publishSpecFiles(
  { loaded, file, data, dryRun }: PublishRequest,
  io: CliIo,
): Promise<ClusterSpec> {
  const folder = data === undefined ? workerConfigSchema.parse({}).data : resolve(io.cwd, data);
  const store = new DirectoryContentStore(join(folder, 'content'));
  const published = await publishFiles(loaded.spec, store, { dryRun }).catch((error: unknown) => {
    throw located(error, file, loaded);
  });
  if (!dryRun) {
    published.packages.forEach(({ file, bytes }) =>
      io.stderr.write(`${basename(file)} is in the content store now, ${bytes} bytes\n`),
    );
  }
  return published.spec;
}

/** What is wrong with a file, with the place where the spec names it. */
function located(error: unknown, file: string, { spec, locate }: PublishRequest['loaded']): unknown {
  if (!isHivekeeperError(error)) return error;
  const named = contentFiles(spec).find(({ path }) => formatPath(path) === error.details['key']);
  if (named === undefined) return error;
  const { line = 1, column = 1 } = locate({ path: named.path, message: '' });
  return new HivekeeperError(error.kind, `${file}:${line}:${column}: ${error.message}`, error.details, {
    cause: error,
  });
}
