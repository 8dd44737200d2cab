import { posix } from 'node:path';
import { readIdentity } from '../../adapters/fence/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { StepContext } from './step-context.js';

/** Everything of one recovery on the recovery host lies in one folder named after it. */
export function workFolder(context: StepContext, recoveryHost: string, label: string): string {
  return posix.join(context.session.resolved(recoveryHost).home, 'recovery', label);
}

/** The broker's user owns everything of a recovery. */
export const brokerUser = (context: StepContext): string => context.session.spec.broker.user;

/** Where a node's data was moved under this label, absolute; null when it had none. */
export async function movedFolder(context: StepContext, name: string, label: string): Promise<string | null> {
  const { home } = context.session.resolved(name);
  const identity = await readIdentity(await context.host(name), home, brokerUser(context));
  const entry = identity?.movedData.find((moved) => moved.reason === label);
  return entry ? posix.join(home, entry.path) : null;
}

/** Name of the one backup file in an export folder. */
export async function backupFile(context: StepContext, host: RemoteHost, exported: string): Promise<string | null> {
  const listed = await host.exec({ argv: ['ls', '-1', exported], asUser: brokerUser(context) }, context.signal);
  if (listed.code !== 0) return null;
  return listed.stdout.split('\n').find((name) => name.endsWith('.backup')) ?? null;
}

/** The one backup file that a recovery has made, and where it lies. @throws RecoveryFailed */
export async function recovered(context: StepContext, recoveryHost: string, label: string) {
  const host = await context.host(recoveryHost);
  const exported = posix.join(workFolder(context, recoveryHost, label), 'export');
  const file = await backupFile(context, host, exported);
  if (file === null)
    throw new HivekeeperError('RecoveryFailed', `no backup file lies in ${exported} on ${recoveryHost}`);
  return { host, exported, file, path: posix.join(exported, file) };
}
