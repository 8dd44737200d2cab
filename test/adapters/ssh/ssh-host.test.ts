import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo, createServer as createEcho } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { HttpRequest, RemoteHost } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { freePort, opensshMissing, startOpenSsh, type OpenSsh } from '../support/openssh.js';

const sha = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(opensshMissing !== null)('a host over OpenSSH', () => {
  let sshd: OpenSsh;
  let pool: SshHostPool;
  let host: RemoteHost;
  let folder: string;

  beforeAll(async () => {
    sshd = await startOpenSsh();
    pool = new SshHostPool();
    host = await pool.connect(sshd.target);
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-host-'));
  });
  afterAll(async () => {
    await pool.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('unix sockets', () => {
    it('opens one as a stream, and says what is wrong where nothing serves it', async () => {
      const socket = join(folder, 'echo.sock');
      const echo = createEcho((peer) => peer.pipe(peer)).listen(socket);
      onTestFinished(() => void echo.close());
      await once(echo, 'listening');
      const stream = await host.openUnix(socket);
      stream.end('there and back');
      expect(await text(stream)).toBe('there and back');
      const failure = await host.openUnix(join(folder, 'nobody.sock')).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'ApiUnreachable' });
      expect(String(failure)).toContain('nobody.sock');
    });
  });

  describe('commands', () => {
    it('returns output and exit code', async () => {
      expect(await host.exec({ argv: ['sh', '-c', 'echo "$1"; echo err >&2; exit 3', 'sh', "it's $HOME"] })).toEqual({
        code: 3,
        stdout: "it's $HOME\n",
        stderr: 'err\n',
      });
    });

    it('fails run with the last words of the command', async () => {
      const failure = await host.run({ argv: ['sh', '-c', 'echo out; echo why >&2; exit 4'] }).catch((e: unknown) => e);
      expect(failure).toMatchObject({ kind: 'CommandFailed', details: { code: 4, stdout: 'out\n' } });
      expect(String(failure)).toContain('n1: sh ended with code 4: why');
    });

    it('reports a signal as a shell does', async () => {
      expect((await host.exec({ argv: ['sh', '-c', 'kill -TERM $$'] })).code).toBe(143);
    });

    it('streams a large input without keeping it', async () => {
      const size = 64 * 1024 * 1024;
      const block = randomBytes(1024 * 1024);
      const hash = createHash('sha256');
      async function* blocks(): AsyncGenerator<Buffer> {
        for (let sent = 0; sent < size; sent += block.length) {
          hash.update(block);
          yield await Promise.resolve(block);
        }
      }
      const result = await host.run({ argv: ['sha256sum'], stdin: Readable.from(blocks()) });
      expect(result.stdout).toBe(`${hash.digest('hex')}  -\n`);
    });

    it('does not mind a command that leaves its input unread', async () => {
      const result = await host.exec({ argv: ['sh', '-c', 'exec 0<&-; exit 7'], stdin: randomBytes(8 * 1024 * 1024) });
      expect(result.code).toBe(7);
    });

    it('passes on the failure of an input', async () => {
      const broken = Readable.from(
        (function* (): Generator<string> {
          yield 'a';
          throw new Error('source broke');
        })(),
      );
      await expect(host.exec({ argv: ['cat'], stdin: broken })).rejects.toThrow('source broke');
    });

    it('bounds the output that it keeps', async () => {
      const result = await host.exec({ argv: ['head', '-c', '5000000', '/dev/zero'] });
      expect(result.code).toBe(0);
      expect(result.stdout.length).toBe(1024 * 1024);
    });

    it('runs many more commands at once than a connection has channels, on one connection', async () => {
      const results = await Promise.all(Array.from({ length: 60 }, (_, n) => host.run({ argv: ['echo', String(n)] })));
      expect(results.map((r) => Number(r.stdout))).toEqual(Array.from({ length: 60 }, (_, n) => n));
      expect(sshd.connections()).toBe(1);
    });

    it('gives up after the timeout', async () => {
      await expect(host.exec({ argv: ['sleep', '3'], timeout: 100 })).rejects.toMatchObject({
        kind: 'CommandTimedOut',
      });
    });

    it('closes the channel on abort, with the reason of the signal', async () => {
      const stop = new AbortController();
      const running = host.exec({ argv: ['sh', '-c', 'echo $$; exec sleep 3'] }, stop.signal);
      setTimeout(() => stop.abort(new Error('cancelled by the operator')), 100);
      await expect(running).rejects.toThrow('cancelled by the operator');
      await expect(host.exec({ argv: ['true'] }, stop.signal)).rejects.toThrow('cancelled by the operator');
    });

    it('gives places back after aborts and timeouts', async () => {
      for (let round = 0; round < 3; round += 1) {
        const late = Array.from({ length: 12 }, () =>
          host.exec({ argv: ['sleep', '3'] }, AbortSignal.timeout(50)).catch(() => 'aborted'),
        );
        expect(await Promise.all(late)).toEqual(Array.from({ length: 12 }, () => 'aborted'));
      }
      expect((await host.run({ argv: ['echo', 'free'] })).stdout).toBe('free\n');
    });
  });

  describe('scripts', () => {
    it('runs with parameters and gives commands inside no input', async () => {
      const result = await host.script('cat; read x; echo "<$x>"; printf "%s|" "$@"', ['a b', "c'd", '', '$e']);
      expect(result.stdout).toBe("<>\na b|c'd||$e|");
    });

    it('fails with the exit code of the program', async () => {
      await expect(host.script('echo no >&2; exit 9\necho never', [])).rejects.toMatchObject({
        kind: 'CommandFailed',
        details: { code: 9 },
      });
    });

    it('takes a long program with quotes and here-documents', async () => {
      const filler = '# x\n'.repeat(50_000);
      const result = await host.script(`${filler}cat <<'END'\nit's "here"\nEND\n`, []);
      expect(result.stdout).toBe('it\'s "here"\n');
    });
  });

  describe('files', () => {
    it('writes whole files once, with mode, and leaves no temporary file', async () => {
      const path = join(folder, 'sub dir/conf.xml');
      const content = randomBytes(300_000);
      expect(await host.writeFile(path, content, { mode: 0o640 })).toBe('written');
      expect(readFileSync(path).equals(content)).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o640);
      const { ino, mtimeMs } = statSync(path);
      expect(await host.writeFile(path, content, { mode: 0o600 })).toBe('unchanged');
      expect(statSync(path)).toMatchObject({ ino, mtimeMs });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await host.writeFile(path, 'other', { mode: 0o600 })).toBe('written');
      expect((await host.run({ argv: ['ls', '-A', join(folder, 'sub dir')] })).stdout).toBe('conf.xml\n');
    });

    it('reads text, and tells missing from unreadable', async () => {
      writeFileSync(join(folder, 'text'), 'grüße\n');
      expect(await host.readFile(join(folder, 'text'))).toBe('grüße\n');
      expect(await host.readFile(join(folder, 'none'))).toBeNull();
      expect(await host.readFile(join(folder, 'text/below'))).toBeNull();
      await expect(host.readFile(folder)).rejects.toMatchObject({ kind: 'CommandFailed' });
    });

    it('uploads once and reports progress', async () => {
      const bytes = randomBytes(20 * 1024 * 1024);
      const local = join(folder, 'local.zip');
      const remote = join(folder, 'remote/package.zip');
      writeFileSync(local, bytes);
      const seen: number[] = [];
      const options = { mode: 0o644, sha256: sha(bytes), onProgress: (n: number) => seen.push(n) };
      expect(await host.upload(local, remote, options)).toBe('written');
      expect(sha(readFileSync(remote))).toBe(sha(bytes));
      expect(seen.at(-1)).toBe(bytes.length);
      expect(await host.upload(local, remote, options)).toBe('unchanged');
    });

    it('goes on where an upload was cut', async () => {
      const bytes = randomBytes(24 * 1024 * 1024);
      const local = join(folder, 'cut.zip');
      const remote = join(folder, 'cut/package.zip');
      writeFileSync(local, bytes);
      const stop = new AbortController();
      const onProgress = (n: number): void => {
        if (n > 8 * 1024 * 1024) stop.abort(new Error('cut'));
      };
      const options = { mode: 0o644, sha256: sha(bytes) };
      await expect(host.upload(local, remote, { ...options, signal: stop.signal, onProgress })).rejects.toThrow('cut');
      const first: number[] = [];
      expect(await host.upload(local, remote, { ...options, onProgress: (n) => first.push(n) })).toBe('written');
      expect(first[0]).toBeGreaterThan(1024 * 1024);
      expect(sha(readFileSync(remote))).toBe(sha(bytes));
    });

    it('starts afresh where the partial file is not from this content', async () => {
      const bytes = randomBytes(100_000);
      const local = join(folder, 'fresh.zip');
      writeFileSync(local, bytes);
      writeFileSync(join(folder, `.fresh.bin.${sha(bytes).slice(0, 16)}.partial`), 'something else');
      expect(await host.upload(local, join(folder, 'fresh.bin'), { mode: 0o644, sha256: sha(bytes) })).toBe('written');
      expect(sha(readFileSync(join(folder, 'fresh.bin')))).toBe(sha(bytes));
    });

    it('never puts content of another hash in place', async () => {
      const local = join(folder, 'wrong.zip');
      writeFileSync(local, 'tampered');
      await expect(
        host.upload(local, join(folder, 'wrong.bin'), { mode: 0o644, sha256: sha('original') }),
      ).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
      expect(await host.readFile(join(folder, 'wrong.bin'))).toBeNull();
    });

    it('serves two uploads of the same file at once', async () => {
      const bytes = randomBytes(6 * 1024 * 1024);
      const local = join(folder, 'twice.zip');
      writeFileSync(local, bytes);
      const once = (): Promise<string> =>
        host.upload(local, join(folder, 'twice.bin'), { mode: 0o644, sha256: sha(bytes) });
      expect((await Promise.all([once(), once()])).sort()).toContain('written');
      expect(sha(readFileSync(join(folder, 'twice.bin')))).toBe(sha(bytes));
    });
  });

  describe('streams', () => {
    it('delivers the output whole', async () => {
      const out = await host.stream({ argv: ['sh', '-c', 'head -c 30000000 /dev/zero; sleep 0.1; echo end'] });
      const bytes = await buffer(out);
      expect(bytes.length).toBe(30_000_004);
      expect(bytes.subarray(-4).toString()).toBe('end\n');
    });

    it('pipes a command of one host into another with back pressure', async () => {
      writeFileSync(join(folder, 'a.txt'), 'copied');
      const out = await host.stream({ argv: ['tar', '-C', folder, '-c', 'a.txt'] });
      await host.run({ argv: ['sh', '-c', `mkdir -p ${folder}/copy && tar -C ${folder}/copy -x`], stdin: out });
      expect(readFileSync(join(folder, 'copy/a.txt'), 'utf8')).toBe('copied');
    });

    it('fails when the command fails, after its output', async () => {
      const out = await host.stream({ argv: ['sh', '-c', 'echo half; echo broken >&2; exit 2'] });
      await expect(text(out)).rejects.toThrow('n1: sh ended with code 2: broken');
    });

    it('gives its place back when it is dropped', async () => {
      for (let round = 0; round < 10; round += 1) {
        const out = await host.stream({ argv: ['cat', '/dev/zero'] });
        await sleep(5);
        out.destroy();
      }
      expect((await host.run({ argv: ['echo', 'ok'] })).stdout).toBe('ok\n');
    });
  });

  describe('requests to an API on the host', () => {
    let api: Server;
    let to: Pick<HttpRequest, 'address' | 'port' | 'method'>;

    beforeAll(async () => {
      api = createServer((request, response) => {
        if (request.url === '/silent') return;
        if (request.url === '/cut') return void request.socket.destroy();
        if (request.url === '/huge') {
          const block = Buffer.alloc(1024 * 1024);
          const more = (): void => {
            while (response.write(block)) if (response.destroyed) return;
            response.once('drain', more);
          };
          more();
          return;
        }
        response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ url: request.url, method: request.method, token: request.headers['x-token'] }));
      });
      await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
      const { port } = api.address() as AddressInfo;
      to = { address: '127.0.0.1', port, method: 'GET' };
    });
    afterAll(() => {
      api.closeAllConnections();
      api.close();
    });

    it('answers with status and body', async () => {
      expect(await host.request({ ...to, path: '/a?b=c', headers: { 'x-token': 't' } })).toEqual({
        status: 200,
        body: '{"url":"/a?b=c","method":"GET","token":"t"}',
      });
      expect((await host.request({ ...to, method: 'POST', path: '/missing' })).status).toBe(404);
      expect(sshd.connections()).toBe(1);
    });

    it.each(['/silent', '/cut', '/huge'])('fails as ApiUnreachable on %s', async (path) => {
      await expect(host.request({ ...to, path, timeout: path === '/silent' ? 200 : 20_000 })).rejects.toMatchObject({
        kind: 'ApiUnreachable',
      });
    });

    it('fails as ApiUnreachable where nothing listens', async () => {
      const failure = await host.request({ ...to, port: await freePort(), path: '/' }).catch((e: unknown) => e);
      expect(failure).toMatchObject({ kind: 'ApiUnreachable' });
      expect(String(failure)).toContain('connection refused');
    });

    it('stops on abort', async () => {
      await expect(host.request({ ...to, path: '/silent' }, AbortSignal.timeout(50))).rejects.toMatchObject({
        name: 'TimeoutError',
      });
    });

    it('answers many at once', async () => {
      const all = await Promise.all(Array.from({ length: 40 }, (_, n) => host.request({ ...to, path: `/${n}` })));
      expect(all.every((r) => r.status === 200)).toBe(true);
    });

    it('tells whether the host can connect', async () => {
      expect(await host.canConnect(to.address, to.port)).toBe(true);
      expect(await host.canConnect('127.0.0.1', await freePort())).toBe(false);
    });
  });

  it('does not take a forbidden forwarding for a closed port', async () => {
    const strict = await startOpenSsh({ config: ['AllowTcpForwarding no'] });
    const own = new SshHostPool();
    onTestFinished(async () => {
      await own.close();
      await strict.stop();
    });
    const closed = await own.connect(strict.target);
    await expect(closed.canConnect('127.0.0.1', strict.target.port)).rejects.toThrow('AllowTcpForwarding');
  });
});
