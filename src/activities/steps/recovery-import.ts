import { posix } from 'node:path';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { updateIdentity } from './update-identity.js';
import { brokerUser, movedFolder, recovered } from './recovery-folders.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

async function fileSha256(context: StepContext, host: RemoteHost, path: string): Promise<string | null> {
  const result = await host.exec({ argv: ['sha256sum', path], asUser: brokerUser(context) }, context.signal);
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
  const log = (await host.readFile(posix.join(exported, 'tool.log'), { asUser: brokerUser(context) })) ?? '';
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
