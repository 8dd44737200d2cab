import { posix } from 'node:path';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import { nodeIdentitySchema, type NodeIdentity } from '../../domain/observation/index.js';
import type { RemoteHost } from '../ports/index.js';
import { quote } from '../ssh/index.js';
import { fencedScript, type Fence } from './fenced-script.js';

const fileOf = (home: string): string => posix.join(home, '.hivekeeper/node.json');

/** What Hivekeeper left on the host, null where it left nothing. A damaged file is an error, never "nothing". @throws InvalidInput */
export async function readIdentity(host: RemoteHost, home: string, user?: string): Promise<NodeIdentity | null> {
  const text = await host.readFile(fileOf(home), { asUser: user });
  if (text === null) return null;
  try {
    return nodeIdentitySchema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${host.name}: ${fileOf(home)} is damaged: ${messageOf(error).split('\n')[0] ?? ''}. Restore or remove it by hand.`;
    throw new HivekeeperError('InvalidInput', message, { host: host.name, home }, { cause: error });
  }
}

/** Replaces the identity whole, within the fence. */
export async function writeIdentity(
  host: RemoteHost,
  fence: Fence,
  identity: Omit<NodeIdentity, 'cluster' | 'node' | 'token'>,
  signal?: AbortSignal,
): Promise<void> {
  const { cluster, node, token } = fence;
  const whole: NodeIdentity = { ...identity, cluster, node, token };
  // A builtin prints it, so neither the length of a command line nor the process list matters; cat says why it cannot write.
  const program = `
printf '%s\\n' ${quote([JSON.stringify(whole, null, 2)])} | cat >"$1.new" &&
  chmod 644 -- "$1.new" && sync -- "$1.new" && mv -f -- "$1.new" "$1"`;
  await fencedScript(host, fence, program, [fileOf(fence.home)], { signal });
}
