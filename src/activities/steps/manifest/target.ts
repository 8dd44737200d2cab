import { posix } from 'node:path';
import type { RemoteHost } from '../../../adapters/ports/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { StepContext } from '../step-context.js';

/** A node as its manifest is brought to it; the host is fenced. */
export interface Target {
  readonly name: string;
  readonly host: RemoteHost;
  readonly home: string;
  /** The broker's account, which owns everything that is written. */
  readonly user: string;
  readonly signal: AbortSignal;
  /** Absolute path of an item's key. */
  readonly pathOf: (key: string) => Promise<string>;
}

export async function targetOf(context: StepContext, name: string): Promise<Target> {
  const host = await context.host(name);
  const { home, user } = context.fence(name);
  const { signal } = context;
  let account: Promise<string> | undefined;
  const pathOf = async (key: string): Promise<string> => {
    if (!key.startsWith('~/')) return posix.join(home, key);
    account ??= homeOf(name, user, host, signal);
    return posix.join(await account, key.slice(2));
  };
  return { name, host, home, user, signal, pathOf };
}

/** The home folder of an account, as the host's own user database has it. */
async function homeOf(name: string, user: string, host: RemoteHost, signal: AbortSignal): Promise<string> {
  const { code, stdout } = await host.exec({ argv: ['getent', 'passwd', user] }, signal);
  const folder = code === 0 ? stdout.trim().split(':')[5] : undefined;
  if (folder?.startsWith('/')) return folder;
  const message = `${name}: the account ${user} has no home folder, where a file with credentials shall lie. Give it one, or choose another type of credentials.`;
  throw new HivekeeperError('CheckFailed', message, { host: name, user });
}
