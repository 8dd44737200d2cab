import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostTarget } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { freePort, opensshMissing, startOpenSsh, type OpenSsh } from '../support/openssh.js';

const other = `SHA256:${'A'.repeat(43)}`;

describe.skipIf(opensshMissing !== null)('the pool of connections', () => {
  let sshd: OpenSsh;
  let pool: SshHostPool;
  const echo = async (target: HostTarget, text: string): Promise<string> =>
    (await (await pool.connect(target)).run({ argv: ['echo', text] })).stdout;

  beforeAll(async () => {
    sshd = await startOpenSsh();
  });
  afterAll(() => sshd.stop());
  beforeEach(() => {
    pool = new SshHostPool({ connectTimeout: 2_000, handshakeTimeout: 2_000 });
  });
  afterEach(async () => {
    await pool.close();
    await expect.poll(() => sshd.connections(), { timeout: 10_000 }).toBe(0);
  });

  it('opens one connection for all who ask at once', async () => {
    const hosts = await Promise.all(Array.from({ length: 20 }, () => pool.connect(sshd.target)));
    await Promise.all(hosts.map((host) => host.run({ argv: ['true'] })));
    expect(sshd.connections()).toBe(1);
  });

  it('connects again after the connection was lost', async () => {
    const host = await pool.connect(sshd.target);
    const cut = host.exec({ argv: ['sh', '-c', 'sleep 0.3; echo late'] });
    setTimeout(() => sshd.cut(), 100);
    await expect(cut).rejects.toMatchObject({ kind: 'HostUnreachable' });
    expect((await host.run({ argv: ['echo', 'again'] })).stdout).toBe('again\n');
  });

  it('gives an idle connection up and opens it when it is needed', async () => {
    const idle = new SshHostPool({ idleTimeout: 50 });
    const host = await idle.connect(sshd.target);
    await host.run({ argv: ['sleep', '0.2'] });
    await expect.poll(() => sshd.connections(), { timeout: 10_000 }).toBe(0);
    expect((await host.run({ argv: ['echo', 'awake'] })).stdout).toBe('awake\n');
    await idle.close();
  });

  it('moves to a new connection when programs hold on to the old one after they were given up', async () => {
    const host = await pool.connect(sshd.target);
    const stuck = Array.from({ length: 8 }, () =>
      host.exec({ argv: ['sh', '-c', 'trap "" TERM; sleep 3'], timeout: 100 }).catch(() => 'given up'),
    );
    await Promise.all(stuck);
    expect((await host.run({ argv: ['echo', 'free'] })).stdout).toBe('free\n');
  });

  it('refuses another host key before it logs in', async () => {
    const failure = await pool.connect({ ...sshd.target, hostKeys: [other] }).catch((e: unknown) => e);
    expect(failure).toMatchObject({ kind: 'HostKeyMismatch' });
    expect(String(failure)).toContain(other);
    expect(String(failure)).toContain(sshd.fingerprints.ed25519);
    await expect(pool.connect({ ...sshd.target, hostKeys: [] })).rejects.toMatchObject({ kind: 'HostKeyMismatch' });
  });

  it('accepts any key of the list, of whatever kind', async () => {
    expect(await echo({ ...sshd.target, hostKeys: [other, sshd.fingerprints.ed25519] }, 'a')).toBe('a\n');
    expect(await echo({ ...sshd.target, hostKeys: [sshd.fingerprints.rsa] }, 'b')).toBe('b\n');
  });

  it('scans the fingerprints of a host', async () => {
    const found = await pool.scan(sshd.target.address, sshd.target.port);
    expect(found.sort()).toEqual(Object.values(sshd.fingerprints).sort());
    await expect(pool.scan('127.0.0.1', await freePort())).rejects.toMatchObject({ kind: 'HostUnreachable' });
  });

  it('names what is wrong with a log-in', async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(sshd.folder, 'stranger')]);
    const stranger = { ...sshd.target, privateKeyFile: join(sshd.folder, 'stranger') };
    const failure = await pool.connect(stranger).catch((e: unknown) => e);
    expect(failure).toMatchObject({ kind: 'AuthenticationFailed', details: { user: userInfo().username } });
    writeFileSync(join(sshd.folder, 'garbage'), 'no key');
    await expect(pool.connect({ ...sshd.target, privateKeyFile: join(sshd.folder, 'garbage') })).rejects.toMatchObject({
      kind: 'AuthenticationFailed',
    });
    await expect(pool.connect({ ...sshd.target, privateKeyFile: join(sshd.folder, 'none') })).rejects.toMatchObject({
      kind: 'SecretMissing',
    });
  });

  it('runs as another user by sudo', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs a log-in that may become another user');
    const host = await pool.connect(sshd.target);
    const asNobody = { argv: ['sh', '-c', 'id -un; cat'], stdin: 'in', asUser: 'nobody' } as const;
    expect((await host.run(asNobody)).stdout).toBe('nobody\nin');
    expect((await host.script('id -un; echo "$1"', ['a b'], { asUser: 'nobody' })).stdout).toBe('nobody\na b\n');
    await expect(host.run({ argv: ['true'], asUser: 'no-such-user' })).rejects.toThrow(/sudo.*sudoers/);
    const plain = await pool.connect({ ...sshd.target, become: 'none' });
    expect((await plain.run({ ...asNobody, stdin: '' })).stdout).toBe(`${userInfo().username}\n`);
  });

  describe('with a host that does not answer as it should', () => {
    let silent: Server;
    const sockets = new Set<Socket>();
    beforeEach(async () => {
      silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const target = (): HostTarget => ({ ...sshd.target, name: 'n9', port: (silent.address() as AddressInfo).port });

    it('says that nothing listens, and where', async () => {
      const port = await freePort();
      const failure = await pool.connect({ ...sshd.target, name: 'n9', port }).catch((e: unknown) => e);
      expect(failure).toMatchObject({ kind: 'HostUnreachable', retryable: true });
      expect(String(failure)).toContain(`n9 (127.0.0.1:${String(port)}) cannot be reached`);
      expect(String(failure)).toContain('check that sshd runs');
    });

    it('gives up a handshake that does not go on', async () => {
      const impatient = new SshHostPool({ handshakeTimeout: 100 });
      await expect(impatient.connect(target())).rejects.toMatchObject({ kind: 'HostUnreachable' });
      await impatient.close();
    });

    it('stops waiting on abort, for this caller only', async () => {
      const stop = new AbortController();
      const first = pool.connect(target(), stop.signal);
      const second = pool.connect(target());
      const both = Promise.allSettled([first, second]);
      stop.abort(new Error('cancelled'));
      await expect(first).rejects.toThrow('cancelled');
      for (const socket of sockets) socket.destroy();
      await both;
      await expect(second).rejects.toMatchObject({ kind: 'HostUnreachable' });
    });

    it('ends what is under way when it is closed', async () => {
      const waiting = pool.connect(target());
      const settled = Promise.allSettled([waiting]);
      await pool.close();
      await settled;
      await expect(waiting).rejects.toMatchObject({ kind: 'Internal' });
      await expect(pool.connect(sshd.target)).rejects.toMatchObject({ kind: 'Internal' });
    });

    it('notices a host that no longer answers', async () => {
      const { Server: SshServer, utils } = ssh2;
      const key = utils.generateKeyPairSync('ed25519');
      const frozen: Socket[] = [];
      const attempts: string[] = [];
      const server = new SshServer({ hostKeys: [key.private] }, (client) => {
        client.on('authentication', (context) => {
          attempts.push(context.method);
          context.accept();
        });
        client.on('error', () => undefined);
        client.on('session', (accept) => accept().on('exec', (acceptExec) => acceptExec()));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const to = { ...sshd.target, port: (server.address() as AddressInfo).port };
      await expect(pool.connect(to)).rejects.toMatchObject({ kind: 'HostKeyMismatch' });
      expect(attempts).toEqual([]);
      const proxy = createServer((socket) => {
        const upstream = silentPipe(socket, to.port);
        frozen.push(socket, upstream);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const hostKeys = await pool.scan('127.0.0.1', to.port);
      const quick = new SshHostPool({ keepaliveInterval: 50, keepaliveCountMax: 2 });
      const host = await quick.connect({ ...to, hostKeys, port: (proxy.address() as AddressInfo).port });
      const running = host.exec({ argv: ['sleep', '60'] });
      const settled = Promise.allSettled([running]);
      setTimeout(() => frozen.forEach((socket) => socket.pause().unpipe()), 100);
      await settled;
      await expect(running).rejects.toMatchObject({ kind: 'HostUnreachable' });
      await quick.close();
      frozen.forEach((socket) => socket.destroy());
      proxy.close();
      server.close();
    });
  });
});

/** Joins a socket with a server, until somebody unpipes it. */
function silentPipe(socket: Socket, port: number): Socket {
  const upstream = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined).pipe(upstream);
  upstream.on('error', () => undefined).pipe(socket);
  return upstream;
}
