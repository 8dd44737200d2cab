import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import type { Accounts } from './accounts.js';
import type { HostLayout } from './layout.js';
import { enterOwnUsers } from './own-users.js';
import type { SshServer } from './ssh-service.js';

const RUN_FOLDER = '/run/sshd';
const OWN_RUN = 'mount -t tmpfs -o mode=755,size=4m hivekeeper /run && mkdir /run/sshd && exec "$@"';

/** The command line that the keeper of a host is started through. */
export function hostWrapper(
  { accounts, server, systemd }: { readonly accounts: Accounts; readonly server: SshServer; readonly systemd: boolean },
  layout: HostLayout,
  name: string,
): string[] {
  if (accounts.kind === 'separate') return enterOwnUsers(layout, name, systemd);
  // Started by root, OpenSSH insists on a folder that only its service makes.
  if (server !== 'openssh' || process.getuid?.() !== 0 || existsSync(RUN_FOLDER)) return [];
  const inOwnMounts = ['unshare', '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', OWN_RUN, 'enter'];
  const [program = '', ...args] = inOwnMounts;
  if (spawnSync(program, [...args, 'true']).status === 0) return inOwnMounts;
  // Where mounts are forbidden the folder has to be the machine's own, as after a start of its service.
  mkdirSync(RUN_FOLDER, { recursive: true, mode: 0o755 });
  return [];
}
