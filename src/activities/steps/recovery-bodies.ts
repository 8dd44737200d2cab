import { posix } from 'node:path';
import { inspectZip, unpackOnHost } from '../../adapters/archive/index.js';
import { fetchContent } from '../../adapters/content/index.js';
import { readIdentity } from '../../adapters/fence/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { updateIdentity } from './node-bodies.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

/** Everything of one recovery on the recovery host lies in one folder named after it. */
function workFolder(context: StepContext, recoveryHost: string, label: string): string {
  return posix.join(context.session.resolved(recoveryHost).home, 'recovery', label);
}

const user = (context: StepContext): string => context.session.spec.broker.user;

export const moveData: StepBody<'moveData'> = async (context, input) => {
  const { session } = context;
  const known = await movedFolder(context, input.host, input.label);
  if (known !== null) return `already in ${known}`;
  const supervisor = session.dependencies.supervisor(session.spec);
  const state = await supervisor.state(await context.supervised(input.host));
  if (state.running) throw new HivekeeperError('PlanRefused', `${input.host} runs again; its data stays where it is`);
  const driven = await context.driven(input.host);
  const path = await session.driver.moveDataAside(driven, input.label);
  if (path === null) return 'no data to move';
  const entry = { path, at: new Date().toISOString(), reason: input.label };
  await updateIdentity(context, input.host, (old) => ({ ...old, movedData: [...old.movedData, entry] }));
  return `moved to ${path}`;
};

/** Where a node's data was moved under this label, absolute; null when it had none. */
async function movedFolder(context: StepContext, name: string, label: string): Promise<string | null> {
  const { home } = context.session.resolved(name);
  const identity = await readIdentity(await context.host(name), home, user(context));
  const entry = identity?.movedData.find((moved) => moved.reason === label);
  return entry ? posix.join(home, entry.path) : null;
}

/** One hash over names and contents of all files below a folder. */
const digestProgram = `cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1`;

async function digest(context: StepContext, host: RemoteHost, folder: string): Promise<string> {
  const result = await host.script(digestProgram, [folder], {
    asUser: user(context),
    timeout: 3_600_000,
    signal: context.signal,
  });
  return result.stdout.trim();
}

export const copyData: StepBody<'copyData'> = async (context, input) => {
  const from = await movedFolder(context, input.host, input.label);
  if (from === null) return 'had no data';
  const [source, target] = await Promise.all([context.host(input.host), context.host(input.recoveryHost)]);
  const to = posix.join(workFolder(context, input.recoveryHost, input.label), 'data', input.host);
  const marker = `${to}.complete`;
  const wanted = await digest(context, source, from);
  const asUser = user(context);
  if ((await target.readFile(marker, { asUser }))?.trim() === wanted) return 'already copied';
  await target.script('rm -rf "$1" && mkdir -p "$1"', [to], { asUser });
  context.progress.report(`copying ${from} of ${input.host} to ${input.recoveryHost}`);
  const stream = await source.stream({ argv: ['tar', '-C', from, '-cf', '-', '.'], asUser }, context.signal);
  await target.run({ argv: ['tar', '-C', to, '-xf', '-'], stdin: stream, asUser, timeout: 86_400_000 }, context.signal);
  const found = await digest(context, target, to);
  if (found !== wanted) {
    throw new HivekeeperError(
      'CommandFailed',
      `the copy of ${input.host} on ${input.recoveryHost} differs from its source; it is copied again`,
    );
  }
  await target.writeFile(marker, `${wanted}\n`, { mode: 0o644, asUser });
  return `copied and compared, SHA-256 ${wanted.slice(0, 12)}…`;
};

export const runRecoveryTool: StepBody<'runRecoveryTool'> = async (context, input) => {
  const host = await context.host(input.recoveryHost);
  const work = workFolder(context, input.recoveryHost, input.label);
  const asUser = user(context);
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
      host.exec({ argv: ['test', '-e', `${folder}.complete`], asUser: user(context) }, context.signal),
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
  await host.run({ argv: ['mkdir', '-p', posix.dirname(folder)], asUser: user(context) }, context.signal);
  await unpackOnHost(host, archive, folder, { asUser: user(context), sha256: stored.sha256, signal: context.signal });
  return posix.join(folder, context.session.product.recoveryProgram);
}

/** Name of the one backup file in an export folder. */
async function backupFile(context: StepContext, host: RemoteHost, exported: string): Promise<string | null> {
  const listed = await host.exec({ argv: ['ls', '-1', exported], asUser: user(context) }, context.signal);
  if (listed.code !== 0) return null;
  return listed.stdout.split('\n').find((name) => name.endsWith('.backup')) ?? null;
}

async function recovered(context: StepContext, recoveryHost: string, label: string) {
  const host = await context.host(recoveryHost);
  const exported = posix.join(workFolder(context, recoveryHost, label), 'export');
  const file = await backupFile(context, host, exported);
  if (file === null)
    throw new HivekeeperError('RecoveryFailed', `no backup file lies in ${exported} on ${recoveryHost}`);
  return { host, exported, file, path: posix.join(exported, file) };
}

async function fileSha256(context: StepContext, host: RemoteHost, path: string): Promise<string | null> {
  const result = await host.exec({ argv: ['sha256sum', path], asUser: user(context) }, context.signal);
  return result.code === 0 ? (result.stdout.split(' ')[0] ?? null) : null;
}

export const placeBackup: StepBody<'placeBackup'> = async (context, input) => {
  const source = await recovered(context, input.recoveryHost, input.label);
  const target = await context.host(input.host);
  const fence = context.fence(input.host);
  const to = posix.join(fence.home, context.session.driver.backupPath(source.file));
  const wanted = await fileSha256(context, source.host, source.path);
  if (wanted !== null && (await fileSha256(context, target, to)) === wanted) return `already at ${to}`;
  await target.run({ argv: ['mkdir', '-p', posix.dirname(to)], asUser: fence.user }, context.signal);
  const stream = await source.host.stream({ argv: ['cat', source.path], asUser: fence.user }, context.signal);
  const place = 'cat > "$1.partial" && sync "$1.partial" && chmod 0640 "$1.partial" && mv "$1.partial" "$1"';
  await target.run(
    { argv: ['sh', '-c', place, 'sh', to], stdin: stream, asUser: fence.user, timeout: 86_400_000 },
    context.signal,
  );
  if ((await fileSha256(context, target, to)) !== wanted) {
    throw new HivekeeperError(
      'CommandFailed',
      `${to} on ${input.host} is not what the recovery tool wrote; it is copied again`,
    );
  }
  return `placed at ${to}`;
};

export const importBackup: StepBody<'importBackup'> = async (context, input) => {
  const { session, progress } = context;
  const { file } = await recovered(context, input.recoveryHost, input.label);
  const node = await context.driven(input.host);
  const id = posix.basename(posix.dirname(session.driver.backupPath(file)));
  const backup = await session.driver.importBackup(node, id, progress);
  return `${backup.id}: ${backup.state}`;
};

export const verifyRecovery: StepBody<'verifyRecovery'> = async (context, input) => {
  const { session, progress } = context;
  const { host, exported } = await recovered(context, input.recoveryHost, input.label);
  const log = (await host.readFile(posix.join(exported, 'tool.log'), { asUser: user(context) })) ?? '';
  const expected = session.product.recoveredSessions(log);
  const node = await context.driven(input.host);
  const found = await session.driver.countItems(node, progress);
  if (expected !== null && found.sessions < expected) {
    throw new HivekeeperError(
      'RecoveryFailed',
      `${session.spec.name}: ${expected} sessions were recovered from the folders, the cluster has ${found.sessions} after the import`,
    );
  }
  await markRecovered(context, input.label, input.members);
  return `${found.sessions} sessions in the cluster, ${expected ?? 'an unknown number'} came from the folders`;
};

async function markRecovered(context: StepContext, label: string, members: readonly string[]): Promise<void> {
  const at = new Date().toISOString();
  for (const name of members) {
    if ((await movedFolder(context, name, label)) === null) continue;
    await updateIdentity(context, name, (old) => ({
      ...old,
      movedData: old.movedData.map((entry) => (entry.reason === label ? { ...entry, recovered: at } : entry)),
    }));
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
