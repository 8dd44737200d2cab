import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostTarget } from '../../../src/adapters/ports/index.js';

const program = '/usr/sbin/sshd';

/** Install line for the skip of tests that need a real sshd. */
export const opensshMissing = existsSync(program) ? null : 'sshd is missing: apt-get install openssh-server';

if (opensshMissing !== null && process.env['HIVEKEEPER_REQUIRE_ALL'] === '1') throw new Error(opensshMissing);

export interface OpenSsh {
  readonly folder: string;
  readonly target: HostTarget;
  /** Fingerprints of all host keys by kind. */
  readonly fingerprints: Readonly<Record<'ed25519' | 'rsa', string>>;
  /** Processes of connections that are open now; each is a connection of some client. */
  connections(): number;
  /** Ends all open connections from the host's side, the listener stays. */
  cut(): void;
  stop(): Promise<void>;
}

/** A real sshd of our own on a loopback port, with own host keys and one authorized key for the present user. */
export async function startOpenSsh(options: { config?: readonly string[]; path?: string } = {}): Promise<OpenSsh> {
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-sshd-'));
  const key = (name: string, type: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', name, '-f', join(folder, name)]);
    const line = execFileSync('ssh-keygen', ['-l', '-f', join(folder, `${name}.pub`)], { encoding: 'utf8' });
    return line.split(' ')[1]!;
  };
  const fingerprints = { ed25519: key('host-ed25519', 'ed25519'), rsa: key('host-rsa', 'rsa') };
  key('client', 'ed25519');
  execFileSync('cp', [join(folder, 'client.pub'), join(folder, 'authorized_keys')]);
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host-ed25519`,
    `HostKey ${folder}/host-rsa`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'LogLevel QUIET',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    // bash reads ~/.bashrc under sshd unless it is a nested shell; what a developer keeps there is not our subject.
    `SetEnv SHLVL=2 PATH=${options.path ?? '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'}`,
    'MaxStartups 100:30:200',
    ...(options.config ?? []),
  ];
  writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const child = launch(folder);
  await answers(port, child);
  return {
    folder,
    fingerprints,
    target: {
      name: 'n1',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKeyFile: join(folder, 'client'),
      hostKeys: [fingerprints.ed25519],
      become: 'sudo',
    },
    connections: () => childrenOf(child.pid!).length,
    cut: () => childrenOf(child.pid!).forEach(kill),
    stop: async () => {
      childrenOf(child.pid!).forEach(kill);
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** sshd of root wants /run/sshd; a mount namespace of its own gives it one without touching the machine's. */
function launch(folder: string): ChildProcess {
  const args = ['-D', '-e', '-f', join(folder, 'sshd_config')];
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  if (process.getuid?.() !== 0) return spawn(program, args, { stdio: [...stdio] });
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
  } catch {
    mkdirSync('/run/sshd', { recursive: true });
    return spawn(program, args, { stdio: [...stdio] });
  }
  const line = 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$0" "$@"';
  return spawn('unshare', ['-m', 'sh', '-c', line, program, ...args], { stdio: [...stdio] });
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
    const socket = connect({ host: '127.0.0.1', port });
    const ok = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (ok) return;
    await sleep(20);
  }
}

/** A connection may have ended by itself since it was listed. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, which is what was wanted.
  }
}

/** Asked in two ways: a reader of /proc misses processes now and then while others come and go. */
function childrenOf(pid: number): number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).stdout;
  let known = '';
  try {
    known = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    // It has ended.
  }
  return [...new Set(`${listed} ${known}`.split(/\s+/).filter(Boolean).map(Number))];
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
