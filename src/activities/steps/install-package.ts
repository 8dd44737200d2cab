import { posix } from 'node:path';
import { fetchContent } from '../../adapters/content/index.js';
import { inspectZip, unpackOnHost } from '../../adapters/archive/index.js';
import type { StoredContent } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { packageContent } from '../../domain/spec/index.js';
import { adoptedMark } from './adoption/layout-program.js';
import { installJava } from './install-java.js';
import { prepareHome } from './prepare-host.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

export const installPackage: StepBody<'installPackage'> = async (context, input) => {
  const stored = await storedPackage(context, input.version);
  const { store } = context.session.dependencies;
  const archive = await store.pathOf(stored.sha256);
  await inspectZip(archive);
  await prepareHome(context, input.host);
  const host = await context.host(input.host);
  const fence = context.fence(input.host);
  const folder = posix.join(fence.home, 'packages', context.session.product.packageName(input.version));
  const byHand = (await host.exec({ argv: ['test', '-e', `${folder}/${adoptedMark}`], asUser: fence.user })).code === 0;
  context.progress.report(`unpacking ${input.version} on ${input.host}`);
  const options = { asUser: fence.user, sha256: stored.sha256, signal: context.signal };
  const done = byHand ? 'unchanged' : await unpackOnHost(host, archive, folder, options);
  await context.report({
    type: 'packageStored',
    version: input.version,
    item: { sha256: stored.sha256, bytes: stored.bytes },
  });
  const java = await installJava(context, input.host);
  const note = done === 'unpacked' ? `unpacked, SHA-256 ${stored.sha256.slice(0, 12)}…` : 'already there';
  return java === null ? note : `${note}; ${java}`;
};

/** The package from the store, fetched once and held to the SHA-256 of the spec. */
async function storedPackage(context: StepContext, version: string): Promise<StoredContent> {
  const { spec, dependencies } = context.session;
  const wanted = packageContent(spec.broker.package, version);
  if (!wanted.ok) throw new HivekeeperError('InvalidInput', `${spec.name}: ${wanted.reason}`);
  const known = await dependencies.store.has(wanted.sha256);
  if (known) return known;
  if ('stored' in wanted.content) {
    const message = `${spec.name}: the package of ${version} is known only by its SHA-256, and the content store does not have it: write broker.package with url or file, and the SHA-256 of the archive, and apply the spec.`;
    throw new HivekeeperError('ContentMissing', message, { version, sha256: wanted.sha256 });
  }
  context.progress.report(`fetching the package of ${version}`);
  return await fetchContent(wanted.content, dependencies.store, {
    secrets: dependencies.secrets,
    signal: context.signal,
    onProgress: (bytes) => context.progress.report(`fetching the package of ${version}: ${bytes} bytes`),
  });
}
