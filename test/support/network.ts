import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { HostTarget, RemoteHost } from '../../src/adapters/ports/index.js';
import { SshHostPool } from '../../src/adapters/ssh/index.js';
import { programPath } from '../../src/sandbox/hosts/program-path.js';
import type { Requirement } from './requirements.js';
import { opensshMissing, startOpenSsh, type OpenSsh } from '../adapters/support/openssh.js';

/** One machine of a network of the test's own. */
export interface NetworkHost {
  readonly name: string;
  readonly host: RemoteHost;
  /** Runs a command in the machine's network, e.g. `ip route add …`. */
  run(...argv: [string, ...string[]]): Promise<string>;
}

/**
 * Machines with network stacks of their own, joined by cables as the test says, each with a real sshd that is reached
 * through no network at all: each connection of the worker is handed to a new `sshd -i` inside.
 */
export interface Network {
  add(name: string): Promise<NetworkHost>;
  /** Joins two machines; `address` with its prefix length, e.g. `10.99.0.1/24`. */
  cable(ends: readonly [Plug, Plug]): Promise<void>;
  stop(): Promise<void>;
}

export interface Plug {
  readonly host: NetworkHost;
  readonly device: string;
  readonly address: string;
}

/** Whether this machine lets a test have networks of its own. */
export function networkRequirement(): Requirement {
  const install =
    'apt-get install iproute2 util-linux openssh-server, and run as root with CAP_NET_ADMIN and CAP_SYS_ADMIN.';
  try {
    if (opensshMissing !== null) return { missing: opensshMissing, install };
    const ip = programPath('ip') ?? 'ip';
    execFileSync('unshare', ['-n', ip, 'link', 'add', 'name', 'va', 'type', 'veth', 'peer', 'name', 'vb'], {
      stdio: 'pipe',
    });
    return { missing: undefined, install };
  } catch (error) {
    return {
      missing: `No network namespaces here (${error instanceof Error ? error.message.split('\n')[0] : ''}).`,
      install,
    };
  }
}

/** Starts nothing but what `add` asks for. */
export async function createNetwork(): Promise<Network> {
  // Its keys and configuration are what the machines use as well.
  const sshd: OpenSsh = await startOpenSsh();
  const pool = new SshHostPool();
  const machines: Machine[] = [];
  const ip = programPath('ip') ?? 'ip';
  return {
    async add(name) {
      const machine = await startMachine(name, sshd.target, `${sshd.folder}/sshd_config`, pool);
      machines.push(machine);
      await machine.run(ip, 'link', 'set', 'lo', 'up');
      return machine;
    },
    async cable([one, other]) {
      const pid = ({ host }: Plug): string => String(machines.find((machine) => machine === host)?.keeper.pid);
      const far = ['peer', 'name', other.device, 'netns', pid(other)];
      await promisify(execFile)(ip, ['link', 'add', 'name', one.device, 'netns', pid(one), 'type', 'veth', ...far]);
      for (const { host, device, address } of [one, other]) {
        await host.run(ip, 'addr', 'add', address, 'broadcast', '+', 'dev', device);
        await host.run(ip, 'link', 'set', device, 'up');
      }
    },
    async stop() {
      await pool.close();
      await Promise.all(machines.map((machine) => machine.end()));
      await sshd.stop();
    },
  };
}

interface Machine extends NetworkHost {
  readonly keeper: ChildProcess;
  end(): Promise<void>;
}

async function startMachine(name: string, like: HostTarget, config: string, pool: SshHostPool): Promise<Machine> {
  // Keeps the network alive; ends with this process, whose end closes its standard input.
  const keeper = spawn('unshare', ['-n', 'sh', '-c', 'echo up; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  const enter = ['-t', String(keeper.pid), '-n'];
  const daemons = new Set<ChildProcess>();
  const doorway = await doorTo((socket) => {
    const inside = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$@"', 'sh'];
    const daemon = spawn('nsenter', [...enter, ...inside, '/usr/sbin/sshd', '-i', '-f', config], {
      stdio: [socket, socket, 'ignore'],
    });
    daemons.add(daemon);
    daemon.once('exit', () => daemons.delete(daemon));
    // The daemon has it now.
    socket.destroy();
  });
  const { port } = doorway.address() as AddressInfo;
  return {
    name,
    keeper,
    host: await pool.connect({ ...like, name, port }),
    run: async (...argv) => (await promisify(execFile)('nsenter', [...enter, ...argv])).stdout,
    async end() {
      doorway.close();
      for (const daemon of daemons) daemon.kill('SIGTERM');
      keeper.stdin.end();
      if (keeper.exitCode === null) await once(keeper, 'exit');
    },
  };
}

async function doorTo(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
