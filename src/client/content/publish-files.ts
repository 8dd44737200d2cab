import { basename } from 'node:path';
import type { ContentStore } from '../../adapters/ports/index.js';
import { type ClusterSpec, packageContent } from '../../domain/spec/index.js';
import { exists, measureFile, storeFile } from './local-file.js';

export interface PublishedFiles {
  /** The spec as it is sent: what has no SHA-256 of its own in a spec is named by the one that was found. */
  readonly spec: ClusterSpec;
  /** Packages that the store did not have before. */
  readonly packages: readonly { readonly file: string; readonly bytes: number }[];
}

export interface PublishOptions {
  /** Everything is read and held to its SHA-256, and nothing is kept. */
  readonly dryRun: boolean;
}

/**
 * Brings the files that a spec names into the content store of the worker, which never reads them itself: it may have
 * other rights than whoever wrote the spec. Packages of other versions are taken along as far as their files are there.
 * @param spec as loaded from a file: its paths are absolute.
 * @throws HivekeeperError InvalidInput for a file that is needed and cannot be read, ChecksumMismatch; both name the file.
 */
export async function publishFiles(
  spec: ClusterSpec,
  store: ContentStore,
  { dryRun }: PublishOptions,
): Promise<PublishedFiles> {
  const take = dryRun ? measureFile : storeFile(store);
  const { broker, recovery } = spec;
  const packages: PublishedFiles['packages'][number][] = [];
  for (const version of Object.keys(broker.package.sha256)) {
    const source = packageContent(broker.package, version);
    if (!source.ok || !('file' in source.content) || (await store.has(source.sha256))) continue;
    const { file } = source.content;
    const key = `broker.package of ${version}`;
    if (version !== broker.version && !(await exists(file, key))) continue;
    const { bytes } = await take({ file, key, sha256: source.sha256 });
    packages.push({ file, bytes });
  }
  const { tool } = recovery;
  if (tool === undefined || !('file' in tool)) return { spec, packages };
  const { sha256, bytes } = await take({ file: tool.file, key: 'recovery.tool' });
  const named = { stored: sha256, name: basename(tool.file), bytes };
  return { spec: { ...spec, recovery: { ...recovery, tool: named } }, packages };
}
