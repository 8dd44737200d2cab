import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FencedHost } from '../../../src/adapters/fence/index.js';
import { certificatesOf, servedCertificate } from '../../../src/adapters/tls/index.js';
import { mustSkip } from '../../support/requirements.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';
import { makeAuthority, makeCertificate, type Pair } from './support/pki.js';
import { opensslRequirement } from './support/programs.js';

const skip = opensshMissing !== null || mustSkip(await opensslRequirement());

describe.skipIf(skip)('the certificate that a listener serves', () => {
  const ssh = useSshHost();
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-handshake-'));
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  let root: Pair;
  let between: Pair;
  let leaf: Pair;

  beforeAll(async () => {
    root = await makeAuthority(folder, 'root');
    between = await makeCertificate(folder, 'between', root, { authority: true });
    leaf = await makeCertificate(folder, 'n1', between, { names: 'DNS:n1.example.com,IP:127.0.0.1' });
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const listen = async (server: Server): Promise<{ address: string; port: number }> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  };
  const serve = (pair: Pair, options: TlsOptions = {}): Promise<{ address: string; port: number }> => {
    const server = createServer({ cert: pair.certificate + between.certificate, key: pair.key, ...options }, (socket) =>
      socket.on('error', () => undefined),
    );
    server.on('tlsClientError', () => undefined);
    return listen(server);
  };
  const trusting = (pair: Pair): { trusted: X509Certificate[] } => ({
    trusted: certificatesOf(pair.certificate, 'the CA'),
  });
  const fingerprint = (pair: Pair): string => new X509Certificate(pair.certificate).fingerprint256;

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is told with its chain over SSH: %s', async (version) => {
    const target = await serve(leaf, { minVersion: version, maxVersion: version });
    const expected = { addresses: ['n1.example.com', '127.0.0.1'], ...trusting(root) };
    const served = await servedCertificate(ssh.host, target, expected);
    expect(served).toMatchObject({ fingerprint: fingerprint(leaf), protocol: version, problems: [] });
    expect(served.chain.map((certificate) => certificate.fingerprint)).toEqual([
      fingerprint(leaf),
      fingerprint(between),
    ]);
    expect(served.notAfter).toBe(new Date(new X509Certificate(leaf.certificate).validTo).toISOString());
    expect(served.cipher).toMatch(/^TLS_/);
  });

  it('chooses by the server name', async () => {
    const other = await makeCertificate(folder, 'n2', between, { names: 'DNS:n2.example.com' });
    const server = createServer({ cert: leaf.certificate, key: leaf.key });
    server.addContext('n2.example.com', { cert: other.certificate, key: other.key });
    const target = await listen(server);
    expect((await servedCertificate(ssh.host, target)).fingerprint).toBe(fingerprint(leaf));
    const named = await servedCertificate(ssh.host, { ...target, serverName: 'n2.example.com' });
    expect(named.fingerprint).toBe(fingerprint(other));
  });

  it('is told with what is wrong: a foreign CA, expired, a wrong name', async () => {
    const foreign = await makeAuthority(folder, 'foreign');
    const old = await makeCertificate(folder, 'old', between, { names: 'IP:127.0.0.1', days: -1 });
    const good = await servedCertificate(ssh.host, await serve(leaf), {
      addresses: ['127.0.0.1'],
      ...trusting(foreign),
    });
    expect(good.problems).toEqual([expect.stringMatching(/^was issued by .*CN=root", which is not among/)]);
    const wrong = await servedCertificate(ssh.host, await serve(leaf), { addresses: ['10.0.0.1'], ...trusting(root) });
    expect(wrong.problems).toEqual(['is not good for 10.0.0.1 (its names: n1.example.com, 127.0.0.1)']);
    const late = await servedCertificate(ssh.host, await serve(old), { addresses: ['127.0.0.1'], ...trusting(root) });
    expect(late.problems).toEqual([expect.stringMatching(/^has expired on /)]);
    // A certificate that only bears the name of the trusted CA is not signed by it.
    const impostor = await makeAuthority(mkdtempSync(join(folder, 'impostor-')), 'root');
    const forged = await makeCertificate(mkdtempSync(join(folder, 'forged-')), 'n1', impostor, {
      names: 'IP:127.0.0.1',
    });
    const server = await serve(forged, { cert: forged.certificate });
    const lie = await servedCertificate(ssh.host, server, { addresses: ['127.0.0.1'], ...trusting(root) });
    expect(lie.problems).toHaveLength(1);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of a listener that wants a certificate of its clients: %s',
    async (version) => {
      const client = await makeCertificate(folder, 'client', root);
      const target = await serve(leaf, {
        requestCert: true,
        rejectUnauthorized: true,
        ca: root.certificate,
        minVersion: version,
        maxVersion: version,
      });
      const presented = { certificateChain: client.certificate, privateKey: client.key };
      const welcome = await servedCertificate(ssh.host, { ...target, client: presented });
      expect(welcome).toMatchObject({ fingerprint: fingerprint(leaf), turnedAway: false, protocol: version });
      // Even a client that is turned away is shown the certificate.
      expect((await servedCertificate(ssh.host, target)).fingerprint).toBe(fingerprint(leaf));
    },
  );

  it('says why there is none', async () => {
    const silent = await listen(createPlainServer());
    const hangingUp = await listen(createPlainServer((socket) => socket.end()));
    const talking = await listen(
      createPlainServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const gone = await serve(leaf);
    const last = servers.pop()!;
    last.close();
    const messageOf = (target: { address: string; port: number }): Promise<string> =>
      servedCertificate(ssh.host, { ...target, timeout: 500 }).then(
        () => 'a certificate',
        (error: unknown) => (error as Error).message,
      );
    expect(await messageOf(gone)).toMatch(
      /^n1: nothing accepts connections on 127\.0\.0\.1:\d+, seen from the host itself/,
    );
    expect(await messageOf(silent)).toContain('no handshake within 500 ms');
    expect(await messageOf(hangingUp)).toMatch(/^n1: no TLS handshake with 127\.0\.0\.1:\d+: /);
    expect(await messageOf(talking)).toMatch(/^n1: no TLS handshake with 127\.0\.0\.1:\d+: /);
    const stop = new AbortController();
    const asked = servedCertificate(ssh.host, silent, { addresses: [] }, stop.signal);
    stop.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
  });

  it('needs no place of the connection afterwards, and no other connection', async () => {
    const target = await serve(leaf);
    const silent = await listen(createPlainServer());
    for (let round = 0; round < 15; round += 1) {
      await servedCertificate(ssh.host, target);
      await servedCertificate(ssh.host, { ...silent, timeout: 20 }).catch(() => undefined);
    }
    await Promise.all(Array.from({ length: 20 }, () => servedCertificate(ssh.host, target)));
    expect((await ssh.host.run({ argv: ['true'] })).code).toBe(0);
    expect(ssh.sshd.connections()).toBe(1);
  });

  it('opens an ordinary stream, through a fence too', async () => {
    const target = await listen(
      createPlainServer((socket) => {
        socket.pipe(socket);
      }),
    );
    const fence = { home: ssh.folder, cluster: 'prod', node: 'n1', token: 1, user: 'root' };
    const stream = await new FencedHost(ssh.host, fence).open(target.address, target.port);
    const sent = Buffer.alloc(3_000_000, 'hivekeeper');
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    stream.end(sent);
    await once(stream, 'close');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });
});
