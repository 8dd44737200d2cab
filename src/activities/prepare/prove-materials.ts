import { fetchContent } from '../../adapters/content/index.js';
import { type PlanNode, runnableSteps } from '../../domain/plan/index.js';
import type { Content, Secret } from '../../domain/spec/index.js';
import type { NodeManifest } from '../../render/node-manifest.js';
import type { ClusterSession } from '../cluster-session.js';
import { inspectExtension } from '../steps/manifest/extension-folders.js';
import { manifestOf } from '../steps/manifest/manifest-of.js';

/** Steps that bring a node what its manifest says. */
const bringing = ['configureNode', 'applySettings'];

/**
 * Looks, before anything is touched, whether the worker has what the plan will bring to nodes: secrets can be resolved,
 * stored content is in the store, and an archive of an extension that is there can be unpacked. What is downloaded later is
 * held to its SHA-256 then.
 * @param stored whether contents must be in the store already; a dry run of the command line keeps none
 * @throws SecretMissing, ContentMissing, InvalidInput, UnsafeArchive
 */
export async function proveMaterials(
  session: ClusterSession,
  root: PlanNode,
  { stored, signal }: { readonly stored: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { secrets, store } = session.dependencies;
  const steps = runnableSteps(root).filter(({ kind }) => bringing.includes(kind));
  const hosts = [...new Set(steps.flatMap(({ node }) => node ?? []))];
  const manifests = hosts.map((host) => manifestOf(session.spec, [host], host));
  for (const secret of once(manifests.flatMap(secretsOf))) await secrets.resolve(secret);
  for (const content of once(manifests.flatMap(contentsOf))) {
    if ('file' in content || ('stored' in content && stored)) await fetchContent(content, store, { secrets, signal });
  }
  for (const { id, content } of once(manifests.flatMap(({ extensions }) => extensions))) {
    const sha256 =
      content === null ? null : 'stored' in content ? content.stored : 'url' in content ? content.sha256 : null;
    if (sha256 !== null && (await store.has(sha256))) await inspectExtension(id, await store.pathOf(sha256));
  }
}

/** Nodes have much in common: each thing is looked at once. */
const once = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];

function secretsOf({ variables, secretFiles, stores }: NodeManifest): Secret[] {
  return [
    ...variables.flatMap(({ value }) => (value.from === 'generated' ? [] : [value.secret])),
    ...secretFiles.flatMap(({ values }) => Object.values(values)),
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
