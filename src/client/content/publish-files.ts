import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ContentStore, StoredContent } from '../../adapters/ports/index.js';
import {
  type ClusterSpec,
  type ContentFile,
  contentFiles,
  formatPath,
  packageContent,
  type StoredFile,
  withStoredFiles,
} from '../../domain/spec/index.js';
import { exists, type LocalFile, measureFile, storeFile } from './local-file.js';

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

type Take = (file: LocalFile) => Promise<StoredContent>;

/**
 * Brings the files that a spec names into the content store of the worker, which never reads them itself: it may have
 * other rights than whoever wrote the spec. All are read before the first is stored. Packages of other versions are taken
 * along as far as their files are there.
 * @param spec as loaded from a file: its paths are absolute.
 * @throws HivekeeperError InvalidInput for a file that is needed and cannot be read, ChecksumMismatch; both name the file.
 */
export async function publishFiles(
  spec: ClusterSpec,
  store: ContentStore,
  { dryRun }: PublishOptions,
): Promise<PublishedFiles> {
  const found = contentFiles(spec);
  const measured = await takeAll(found, measureFile);
  const take = dryRun ? measureFile : storeFile(store);
  const packages = await takePackages(spec, store, take);
  // What was measured is what is stored, or nothing is sent.
  if (!dryRun) await takeAll(found, (local) => take({ ...local, sha256: measured.get(local.file)?.stored ?? '' }));
  return { spec: measured.size > 0 ? withStoredFiles(spec, measured) : spec, packages };
}

async function takePackages(
  { broker }: ClusterSpec,
  store: ContentStore,
  take: Take,
): Promise<PublishedFiles['packages']> {
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
  return packages;
}

/** Each file once, however often the spec names it. */
async function takeAll(files: readonly ContentFile[], take: Take): Promise<Map<string, StoredFile>> {
  const taken = new Map<string, StoredFile>();
  for (const { file, path } of files) {
    if (taken.has(file)) continue;
    const { sha256, bytes } = await take({ file, key: formatPath(path) });
    taken.set(file, { stored: sha256, name: basename(file), bytes });
  }
  return taken;
}

/** The spec with all contents named by their SHA-256, since files of a node are called after some; nothing is kept. */
export async function nameFiles(spec: ClusterSpec): Promise<ClusterSpec> {
  const measured = await takeAll(contentFiles(spec), measureFile);
  return measured.size > 0 ? withStoredFiles(spec, measured) : spec;
}

/** Brings one file to the content store. @throws HivekeeperError InvalidInput when it cannot be read */
export async function publishFile(
  local: LocalFile,
  store: ContentStore,
  { dryRun }: PublishOptions,
): Promise<StoredFile> {
  const { sha256, bytes } = await (dryRun ? measureFile : storeFile(store))(local);
  return { stored: sha256, name: basename(local.file), bytes };
}

/** Brings bytes to the content store, under the name of the file that they came from. */
export async function publishBytes(
  bytes: Buffer,
  name: string,
  store: ContentStore,
  { dryRun }: PublishOptions,
): Promise<StoredFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (!dryRun) await store.put(bytes, sha256);
  return { stored: sha256, name, bytes: bytes.length };
}
