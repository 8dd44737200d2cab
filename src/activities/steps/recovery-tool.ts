import { posix } from 'node:path';
import { inspectZip, unpackOnHost } from '../../adapters/archive/index.js';
import { fetchContent } from '../../adapters/content/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { backupFile, brokerUser, workFolder } from './recovery-folders.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

export const runRecoveryTool: StepBody<'runRecoveryTool'> = async (context, input) => {
  const host = await context.host(input.recoveryHost);
  const work = workFolder(context, input.recoveryHost, input.label);
  const asUser = brokerUser(context);
  const exported = posix.join(work, 'export');
  const existing = await backupFile(context, host, exported);
  if (existing !== null) return `already recovered: ${existing}`;
  const tool = await installTool(context, host);
  const folders = await copiedFolders(context, host, work, input.hosts);
  if (folders.length === 0)
    throw new HivekeeperError('RecoveryFailed', `none of ${input.hosts.join(', ')} had data to recover`);
  context.progress.report(`the recovery tool reads ${folders.length} folders`);
  const partial = `${exported}.partial`;
  await host.script('rm -rf "$1" && mkdir -p "$1"', [partial], { asUser });
  const parameters = context.session.product.recoveryArguments(folders, partial);
  const result = await host.exec({ argv: [tool, ...parameters], asUser, timeout: 86_400_000 }, context.signal);
  if (result.code !== 0) {
    throw new HivekeeperError(
      'RecoveryFailed',
      `the recovery tool ended with ${result.code} on ${input.recoveryHost}: ${lastLine(result.stderr || result.stdout)}`,
    );
  }
  await host.writeFile(posix.join(partial, 'tool.log'), result.stdout, { mode: 0o644, asUser });
  // Renamed last, so that an export that is there is whole.
  await host.run({ argv: ['mv', '-T', partial, exported], asUser }, context.signal);
  return lastLine(result.stdout);
};

async function copiedFolders(
  context: StepContext,
  host: RemoteHost,
  work: string,
  hosts: readonly string[],
): Promise<string[]> {
  const folders = hosts.map((name) => posix.join(work, 'data', name));
  const present = await Promise.all(
    folders.map((folder) =>
      host.exec({ argv: ['test', '-e', `${folder}.complete`], asUser: brokerUser(context) }, context.signal),
    ),
  );
  return folders.filter((_, index) => present[index]?.code === 0);
}

async function installTool(context: StepContext, host: RemoteHost): Promise<string> {
  const { spec, dependencies } = context.session;
  if (!spec.recovery.tool)
    throw new HivekeeperError('InvalidInput', `${spec.name}: recovery.tool is not set in the spec`);
  const stored = await fetchContent(spec.recovery.tool, dependencies.store, {
    secrets: dependencies.secrets,
    signal: context.signal,
  });
  const archive = await dependencies.store.pathOf(stored.sha256);
  await inspectZip(archive);
  const folder = posix.join(context.session.resolved(host.name).home, 'recovery', `tool-${stored.sha256.slice(0, 12)}`);
  await host.run({ argv: ['mkdir', '-p', posix.dirname(folder)], asUser: brokerUser(context) }, context.signal);
  await unpackOnHost(host, archive, folder, {
    asUser: brokerUser(context),
    sha256: stored.sha256,
    signal: context.signal,
  });
  return posix.join(folder, context.session.product.recoveryProgram);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
