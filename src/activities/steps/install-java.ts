import { posix } from 'node:path';
import { inspectArchive, unpackOnHost } from '../../adapters/archive/index.js';
import { fetchContent } from '../../adapters/content/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { javaMajor } from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { javaPackageName } from '../../domain/spec/index.js';
import type { StepContext } from './step-context.js';

/**
 * Brings the Java of the spec to a host, unpacked once beside the packages and never changed, and has it say its version
 * there: an archive for another processor or C library is found before any broker stops for it.
 * @returns what was done for the note of the step; null where the host's own Java is used
 * @throws HivekeeperError CheckFailed when it does not run there or is too old
 */
export async function installJava(context: StepContext, name: string): Promise<string | null> {
  const { spec, dependencies, product } = context.session;
  const { java } = spec.broker;
  const folder = javaPackageName(java);
  if (java === 'system' || folder === null) return null;
  context.progress.report(`bringing Java to ${name}`);
  const { secrets, store } = dependencies;
  const { sha256 } = await fetchContent(java, store, {
    secrets,
    signal: context.signal,
    onProgress: (bytes) => context.progress.report(`fetching Java: ${bytes} bytes`),
  });
  const archive = await store.pathOf(sha256);
  await inspectArchive(archive);
  const fence = context.fence(name);
  const host = await context.host(name);
  const target = posix.join(fence.home, 'packages', folder);
  const done = await unpackOnHost(host, archive, target, { asUser: fence.user, sha256, signal: context.signal });
  await assertRuns(host, posix.join(target, 'bin/java'), fence.user, product.minimumJava, context.signal);
  return done === 'unpacked' ? `Java unpacked to packages/${folder}` : 'Java already there';
}

async function assertRuns(
  host: RemoteHost,
  program: string,
  asUser: string,
  minimum: number,
  signal: AbortSignal,
): Promise<void> {
  const { code, stdout, stderr } = await host.exec({ argv: [program, '-version'], asUser }, signal);
  const said = `${stderr}\n${stdout}`.trim().split('\n');
  const major = code === 0 ? javaMajor(said[0] ?? '') : null;
  if (major !== null && major >= minimum) return;
  const why =
    code === 0 ? `says ${said[0] ?? 'nothing'}, Java ${minimum} or newer is needed` : `fails: ${said.at(-1) ?? ''}`;
  const message = `${host.name}: the Java of broker.java cannot run the broker: ${program} -version ${why}. Name an archive for this kind of host.`;
  throw new HivekeeperError('CheckFailed', message, { check: 'java', host: host.name });
}
