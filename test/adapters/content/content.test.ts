import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryContentStore, fetchContent, fetchOnHost, placeContent } from '../../../src/adapters/content/index.js';
import { WorkerSecrets } from '../../../src/adapters/secrets/index.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';

const sha = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const secrets = new WorkerSecrets('all', { TOKEN: 'Bearer "top\\secret"' });

let folder: string;
let store: DirectoryContentStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hivekeeper-content-'));
  store = new DirectoryContentStore(folder);
  return () => rmSync(folder, { recursive: true, force: true });
});

describe('DirectoryContentStore', () => {
  it('lets nobody else look into it, since it holds key material', async () => {
    const open = join(folder, 'store');
    mkdirSync(open, { mode: 0o755 });
    const file = await new DirectoryContentStore(open).pathOf(
      (await new DirectoryContentStore(open).put('a private key')).sha256,
    );
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect([mode(file), mode(join(file, '..')), mode(open)]).toEqual(['600', '700', '700']);
  });

  it('keeps content by its hash', async () => {
    const stored = await store.put(Readable.from(['a', 'b']));
    expect(stored).toEqual({ sha256: sha('ab'), bytes: 2 });
    expect(await store.put('ab')).toEqual(stored);
    expect(await store.has(stored.sha256)).toEqual(stored);
    expect(await store.has(sha('other'))).toBeNull();
    expect((await store.read(stored.sha256)).toString()).toBe('ab');
    expect(readFileSync(await store.pathOf(stored.sha256), 'utf8')).toBe('ab');
    await expect(store.pathOf(sha('other'))).rejects.toMatchObject({ kind: 'ContentMissing' });
  });

  it('keeps nothing of content that is not what was expected, or that broke off', async () => {
    await expect(store.put('ab', sha('cd'))).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
    const broken = Readable.from(
      (function* (): Generator<string> {
        yield 'a';
        throw new Error('broke off');
      })(),
    );
    await expect(store.put(broken)).rejects.toThrow('broke off');
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    expect(readdirSync(folder)).toEqual(['incoming']);
  });

  it('refuses content that rotted', async () => {
    const { sha256 } = await store.put('ab');
    writeFileSync(await store.pathOf(sha256), 'xx');
    await expect(store.read(sha256)).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
  });

  it('keeps documents by name', async () => {
    expect(await store.loadDocument('records/prod')).toBeNull();
    await store.saveDocument('records/prod', '{"a":1}');
    await store.saveDocument('records/prod/7', '{}');
    await store.saveDocument('records/prod', '{"a":2}');
    expect(await store.loadDocument('records/prod')).toBe('{"a":2}');
    expect(await store.loadDocument('records/prod/7')).toBe('{}');
  });

  it.each(['', '../x', '/x', 'a//b', 'a/../b', '.hidden', 'a b', 'a\0', 'x'.repeat(600)])(
    'refuses the document name %j',
    async (name) => {
      await expect(store.saveDocument(name, '{}')).rejects.toMatchObject({ kind: 'InvalidInput' });
      await expect(store.loadDocument(name)).rejects.toMatchObject({ kind: 'InvalidInput' });
    },
  );

  it('refuses a hash that is none', async () => {
    await expect(store.pathOf('../../etc/passwd')).rejects.toMatchObject({ kind: 'InvalidInput' });
  });
});

describe('content', () => {
  const body = randomBytes(3_000_000);
  let server: Server;
  let base: string;
  let seen: { url: string; headers: IncomingHttpHeaders }[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { url = '', headers } = request;
      seen.push({ url, headers });
      if (url === '/moved') response.writeHead(302, { location: '/package.zip' }).end();
      else if (url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (url === '/file') response.writeHead(302, { location: 'file:///etc/hostname' }).end();
      else if (url === '/later') response.writeHead(503).end();
      else if (url === '/cut') {
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, 1000), () => request.socket.destroy());
      } else if (url.startsWith('/package.zip')) response.end(body);
      else response.writeHead(404).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
  });

  const url = (path: string, sha256 = sha(body)): { url: string; sha256: string; fetch: 'worker' } => ({
    url: `${base}${path}`,
    sha256,
    fetch: 'worker',
  });

  it('comes inline or from the store', async () => {
    expect(await fetchContent({ text: 'grüße' }, store, { secrets })).toEqual({ sha256: sha('grüße'), bytes: 7 });
    expect((await fetchContent({ base64: 'AAH/' }, store, { secrets })).sha256).toBe(sha(Buffer.from([0, 1, 255])));
    expect((await fetchContent({ stored: sha('grüße') }, store, { secrets })).bytes).toBe(7);
    await expect(fetchContent({ stored: sha('x') }, store, { secrets })).rejects.toMatchObject({
      kind: 'ContentMissing',
    });
    await expect(fetchContent({ file: '/etc/hostname' }, store, { secrets })).rejects.toMatchObject({
      kind: 'InvalidInput',
    });
    await expect(fetchContent({ text: 'a' }, store, { secrets, sha256: sha('b') })).rejects.toMatchObject({
      kind: 'ChecksumMismatch',
    });
  });

  it('is downloaded once, through redirections, with headers from secrets', async () => {
    const progress: number[] = [];
    const content = { ...url('/moved'), headers: { authorization: { env: 'TOKEN' }, accept: 'application/zip' } };
    const options = { secrets, onProgress: (bytes: number) => progress.push(bytes) };
    expect(await fetchContent(content, store, options)).toEqual({ sha256: sha(body), bytes: body.length });
    expect(progress.at(-1)).toBe(body.length);
    expect(seen.map((request) => request.url)).toEqual(['/moved', '/package.zip']);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer "top\\secret"', accept: 'application/zip' });
    await fetchContent(content, store, options);
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['/missing', 'ContentMissing'],
    ['/later', 'ContentUnavailable'],
    ['/cut', 'ContentUnavailable'],
    ['/loop', 'ContentUnavailable'],
  ])('%s is %s', async (path, kind) => {
    await expect(fetchContent(url(path), store, { secrets })).rejects.toMatchObject({ kind });
  });

  it('refuses another hash, too many bytes and addresses that are not of the web', async () => {
    const wrong = fetchContent(url('/package.zip', sha('x')), store, { secrets });
    await expect(wrong).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
    const large = fetchContent(url('/package.zip'), store, { secrets, sizeLimit: 1000 });
    await expect(large).rejects.toMatchObject({ kind: 'InvalidInput' });
    await expect(fetchContent({ ...url(''), url: 'file:///etc/hostname' }, store, { secrets })).rejects.toMatchObject({
      kind: 'InvalidInput',
    });
    await expect(fetchContent(url('/file'), store, { secrets })).rejects.toThrow();
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('stops on abort', async () => {
    const options = { secrets, signal: AbortSignal.abort(new Error('stopped')) };
    await expect(fetchContent(url('/package.zip'), store, options)).rejects.toThrow('stopped');
  });

  describe.skipIf(opensshMissing !== null)('on a host', () => {
    const ssh = useSshHost();

    it('is placed from the store', async () => {
      const stored = await store.put(body);
      const path = join(ssh.folder, 'cache/content');
      expect(await placeContent(ssh.host, store, stored, path, { mode: 0o640 })).toBe('written');
      expect(await placeContent(ssh.host, store, stored, path, { mode: 0o640 })).toBe('unchanged');
      expect(sha(readFileSync(path))).toBe(stored.sha256);
      expect(statSync(path).mode & 0o777).toBe(0o640);
    });

    it('is fetched by the host itself, headers and all, and verified there', async () => {
      const path = join(ssh.folder, 'own/package.zip');
      const content = { ...url('/moved'), headers: { authorization: { env: 'TOKEN' } } };
      const options = { mode: 0o644, secrets };
      expect(await fetchOnHost(ssh.host, content, path, options)).toBe('written');
      expect(seen[0]?.headers.authorization).toBe('Bearer "top\\secret"');
      expect(sha(readFileSync(path))).toBe(sha(body));
      expect(await fetchOnHost(ssh.host, content, path, options)).toBe('unchanged');
      expect(seen).toHaveLength(2);
    });

    it.each([
      ['/missing', sha(body), 'ContentMissing'],
      ['/later', sha(body), 'ContentUnavailable'],
      ['/cut', sha(body), 'ContentUnavailable'],
      ['/file', sha(body), 'ContentUnavailable'],
      ['/package.zip', sha('x'), 'ChecksumMismatch'],
    ])('%s leaves nothing behind', async (path, sha256, kind) => {
      const target = join(ssh.folder, `bad-${kind}/package.zip`);
      await expect(fetchOnHost(ssh.host, url(path, sha256), target, { mode: 0o644, secrets })).rejects.toMatchObject({
        kind,
      });
      expect(readdirSync(join(ssh.folder, `bad-${kind}`))).toEqual([]);
    });
  });
});
