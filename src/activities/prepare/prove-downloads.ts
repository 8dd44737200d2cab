import { randomBytes } from 'node:crypto';
import { fetchOnHost, type UrlContent } from '../../adapters/content/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import type { NodeManifest } from '../../render/node-manifest.js';
import type { ClusterSession } from '../cluster-session.js';
import { nodeFetches } from '../steps/manifest/materials.js';

/** What nodes download by themselves: where it lies once it is there, and whether the worker must look into it. */
interface Download {
  readonly host: string;
  readonly content: UrlContent;
  /** Relative to home: the file, or the folder of an extension. */
  readonly path: string;
  readonly isExtension: boolean;
}

const lackingProgram = `
if [ "$3" = folder ]; then
  [ -f "$1/.hivekeeper-archive" ] && read -r have <"$1/.hivekeeper-archive"
else
  [ -f "$1" ] && have=$(sha256sum <"$1")
fi
[ "\${have%% *}" = "$2" ] || echo lacking`;

/**
 * Has one node download what nodes shall download by themselves and do not have yet, into its folder for temporary files:
 * an address that answers with something else is found before any node is changed. Archives of extensions go to the
 * worker's store, where they are looked into. A node that cannot be reached proves nothing; another one is asked.
 * @throws ContentMissing, ContentUnavailable, ChecksumMismatch, SecretMissing
 */
export async function proveDownloads(
  session: ClusterSession,
  manifests: readonly (readonly [host: string, manifest: NodeManifest])[],
  signal: AbortSignal,
): Promise<void> {
  const { store } = session.dependencies;
  const downloads = manifests.flatMap(([host, manifest]) => downloadsOf(host, manifest));
  const proven = new Set<string>();
  for (const download of downloads) {
    const { sha256 } = download.content;
    if (proven.has(sha256) || (await store.has(sha256))) continue;
    try {
      if (await isLacking(session, download, signal)) {
        await tryDownload(session, download, signal);
        proven.add(sha256);
      }
    } catch (error) {
      if (!isHivekeeperError(error, 'HostUnreachable')) throw error;
    }
  }
}

function downloadsOf(host: string, { contents, extensions }: NodeManifest): Download[] {
  return [
    ...extensions.flatMap(({ id, content }): Download[] =>
      content !== null && nodeFetches(content) ? [{ host, content, path: `extensions/${id}`, isExtension: true }] : [],
    ),
    ...contents.flatMap(({ path, content }): Download[] =>
      nodeFetches(content) ? [{ host, content, path, isExtension: false }] : [],
    ),
  ];
}

async function isLacking(
  session: ClusterSession,
  { host, content, path, isExtension }: Download,
  signal: AbortSignal,
): Promise<boolean> {
  const connected = await session.connect(host, signal);
  const parameters = [`${session.resolved(host).home}/${path}`, content.sha256, isExtension ? 'folder' : 'file'];
  const asUser = session.spec.broker.user;
  try {
    return (await connected.script(lackingProgram, parameters, { asUser, signal })).stdout.trim() === 'lacking';
  } catch (error) {
    // A host that was not prepared yet may not know the account, and has nothing.
    if (isHivekeeperError(error, 'CommandFailed')) return true;
    throw error;
  }
}

async function tryDownload(
  session: ClusterSession,
  { host, content, isExtension }: Download,
  signal: AbortSignal,
): Promise<void> {
  const { store, secrets } = session.dependencies;
  const connected = await session.connect(host, signal);
  const folder = `/tmp/hivekeeper-${randomBytes(9).toString('hex')}`;
  const path = `${folder}/download`;
  try {
    await fetchOnHost(connected, content, path, { mode: 0o600, signal, secrets, expects: expected(isExtension) });
    if (isExtension) await store.put(await connected.stream({ argv: ['cat', '--', path] }, signal), content.sha256);
  } finally {
    await removed(connected, folder);
  }
}

/** What is said of an address that answers with a web page. */
export const expected = (isExtension: boolean): string | undefined => (isExtension ? 'a zip' : undefined);

async function removed(host: RemoteHost, folder: string): Promise<void> {
  await host.run({ argv: ['rm', '-rf', '--', folder] }).catch(() => undefined);
}
