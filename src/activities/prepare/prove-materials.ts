import { fetchContent } from '../../adapters/content/index.js';
import { nodesWith, type PlanNode } from '../../domain/plan/index.js';
import type { Content, Secret } from '../../domain/spec/index.js';
import type { NodeManifest } from '../../render/node-manifest.js';
import type { ClusterSession } from '../cluster-session.js';
import { manifestOf } from '../steps/manifest/manifest-of.js';
import { nodeFetches } from '../steps/manifest/materials.js';
import { expected, proveDownloads } from './prove-downloads.js';
import { proveArchives, proveKnown } from './prove-extensions.js';

/** Steps that bring a node what its manifest says. */
const bringing = ['configureNode', 'applySettings'];

/**
 * Looks, before anything is touched, whether what the plan will bring to nodes is at hand: secrets can be resolved, stored
 * content is in the store, what is downloaded can be, and archives of extensions can be unpacked. What nodes download by
 * themselves is tried on one of them.
 * @param stored whether contents must be in the store already; a dry run of the command line keeps none
 * @throws SecretMissing, ContentMissing, ContentUnavailable, ChecksumMismatch, InvalidInput, UnsafeArchive, CheckFailed
 */
export async function proveMaterials(
  session: ClusterSession,
  root: PlanNode,
  { stored, signal }: { readonly stored: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { secrets, store } = session.dependencies;
  const byHost = [...nodesWith(root, bringing)].map((host) => [host, manifestOf(session.spec, [host], host)] as const);
  const manifests = byHost.map(([, manifest]) => manifest);
  const stopped = nodesWith(root, ['configureNode']);
  const needed = byHost.flatMap(([host, manifest]) => [
    ...(stopped.has(host) ? variableSecrets(manifest) : []),
    ...secretsOf(manifest),
  ]);
  for (const secret of once(needed)) await secrets.resolve(secret);
  await proveKnown(session, byHost, signal);
  const zips = new Set(manifests.flatMap(({ extensions }) => extensions.map(({ content }) => JSON.stringify(content))));
  for (const content of once(manifests.flatMap(contentsOf))) {
    const now = 'url' in content ? !nodeFetches(content) : 'file' in content || ('stored' in content && stored);
    const expects = expected(zips.has(JSON.stringify(content)));
    if (now) await fetchContent(content, store, { secrets, signal, expects });
  }
  await proveDownloads(session, byHost, signal);
  await proveArchives(session, once(manifests.flatMap(({ extensions }) => extensions)), signal);
}

/** Nodes have much in common: each thing is looked at once. */
const once = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];

/** A running broker keeps the variables that it was started with. */
function variableSecrets({ variables }: NodeManifest): Secret[] {
  return variables.flatMap(({ value }) => (value.from === 'generated' ? [] : [value.secret]));
}

function secretsOf({ secretFiles, stores }: NodeManifest): Secret[] {
  return [
    ...secretFiles.flatMap(({ values }) =>
      Object.values(values).map((value) => ('from' in value ? value.secret : value)),
    ),
    ...stores.flatMap(({ source }) => (source.from === 'pem-key' && source.passphrase ? [source.passphrase] : [])),
  ];
}

function contentsOf({ contents, extensions, stores }: NodeManifest): Content[] {
  return [
    ...contents.map(({ content }) => content),
    ...extensions.flatMap(({ content }) => (content === null ? [] : [content])),
    ...stores.flatMap(({ source }) =>
      source.from === 'pem-key'
        ? [source.certificate, source.privateKey]
        : source.from === 'pem-certificates'
          ? [source.certificates]
          : [],
    ),
  ];
}
