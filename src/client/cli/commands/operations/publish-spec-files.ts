import { basename, join, resolve } from 'node:path';
import { DirectoryContentStore } from '../../../../adapters/content/index.js';
import type { ClusterSpec } from '../../../../domain/spec/index.js';
import { workerConfigSchema } from '../../../../worker/config.js';
import { publishFiles } from '../../../content/index.js';
import type { CliIo } from '../../io.js';

export interface PublishRequest {
  readonly spec: ClusterSpec;
  /** As on the command line; default: where a worker without a configuration keeps its data. */
  readonly data: string | undefined;
  readonly dryRun: boolean;
}

/** Brings the files of a spec to the worker. @returns the spec as it is sent */
export async function publishSpecFiles({ spec, data, dryRun }: PublishRequest, io: CliIo): Promise<ClusterSpec> {
  const folder = data === undefined ? workerConfigSchema.parse({}).data : resolve(io.cwd, data);
  const store = new DirectoryContentStore(join(folder, 'content'));
  const published = await publishFiles(spec, store, { dryRun });
  if (!dryRun) {
    published.packages.forEach(({ file, bytes }) =>
      io.stderr.write(`${basename(file)} is in the content store now, ${bytes} bytes\n`),
    );
  }
  return published.spec;
}
