import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificatesOf, keyMaterialIssuer, materialProblems, privateKeyOf } from '../../../src/adapters/tls/index.js';
import type { KeyMaterial, KeyMaterialRequest, WorkerKeyMaterial } from '../../../src/adapters/tls/index.js';
import { mustSkip } from '../../support/requirements.js';
import { opensslRequirement, run } from './support/programs.js';

const skipOpenssl = mustSkip(await opensslRequirement());
const day = 24 * 60 * 60_000;

describe('the internal CA', () => {
  let data: string;
  let clock: number;
  const now = (): Date => new Date(clock);
  const worker = (): WorkerKeyMaterial => keyMaterialIssuer(data, { now });
  const wish = (node: string, rest: Partial<KeyMaterialRequest> = {}): KeyMaterialRequest => ({
    cluster: 'prod',
    node,
    addresses: ['127.0.0.1', `${node}.example.com`],
    issuer: 'internal-ca',
    ...rest,
  });
  const problemsOf = (material: KeyMaterial, addresses: string[], caCertificates = material.caCertificates): string[] =>
    materialProblems(
      certificatesOf(material.certificateChain, 'the chain'),
      { addresses, trusted: certificatesOf(caCertificates, 'the CA'), now: now() },
      privateKeyOf(material.privateKey, 'the key'),
    );

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'hivekeeper-ca-'));
    clock = Date.now();
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  it('issues what holds for the addresses asked for, from one CA, and the same again until renewal is due', async () => {
    const first = await worker().materialFor(wish('n1'));
    expect(problemsOf(first, ['127.0.0.1', 'n1.example.com'])).toEqual([]);
    expect(new X509Certificate(first.certificateChain).subject).toBe('CN=n1');
    expect(Date.parse(first.notAfter) - clock).toBeLessThanOrEqual(90 * day);
    expect(Date.parse(first.notAfter) - clock).toBeGreaterThan(89 * day);
    expect(await worker().materialFor(wish('n1'))).toEqual(first);
    const later = await worker().materialFor(wish('n2'));
    expect(later.caCertificates).toBe(first.caCertificates);
    expect(later.fingerprint).not.toBe(first.fingerprint);

    clock = Date.parse(first.renewAt) - 1000;
    expect((await worker().materialFor(wish('n1'))).fingerprint).toBe(first.fingerprint);
    clock = Date.parse(first.renewAt) + 1000;
    const renewed = await worker().materialFor(wish('n1'));
    expect(renewed.fingerprint).not.toBe(first.fingerprint);
    expect(renewed.privateKey).not.toBe(first.privateKey);
    expect((await worker().materialFor(wish('n1'))).fingerprint).toBe(renewed.fingerprint);
  });

  it('issues anew when forced and when the addresses differ, whatever their order and spelling', async () => {
    const first = await worker().materialFor(wish('n1', { addresses: ['fd00:0:0::1', 'N1.example.com'] }));
    const same = await worker().materialFor(wish('n1', { addresses: ['n1.example.com', '[FD00::1]', 'fd00::1'] }));
    expect(same.fingerprint).toBe(first.fingerprint);
    const forced = await worker().materialFor(wish('n1', { addresses: ['n1.example.com', 'fd00::1'], force: true }));
    expect(forced.fingerprint).not.toBe(first.fingerprint);
    const other = await worker().materialFor(wish('n1', { addresses: ['n1.example.com'] }));
    expect(other.fingerprint).not.toBe(forced.fingerprint);
    // Of the old keys only the last one stays.
    expect(readdirSync(join(data, 'tls/prod/nodes/n1'))).toEqual(['2.json', '3.json']);
  });

  it('is readable by its user alone', async () => {
    await worker().materialFor(wish('n1'));
    const modes = readdirSync(join(data, 'tls'), { recursive: true, withFileTypes: true }).map((entry) => {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      return `${entry.isDirectory() ? 'folder' : 'file'} ${mode.toString(8)}`;
    });
    expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
    expect(statSync(join(data, 'tls')).mode & 0o777).toBe(0o700);
  });

  it('stays one CA and one certificate a node when workers race', async () => {
    const nodes = ['n1', 'n2', 'n1', 'n2', 'n1', 'n2'];
    const made = await Promise.all(nodes.map((node) => worker().materialFor(wish(node))));
    expect(new Set(made.map(({ caCertificates }) => caCertificates)).size).toBe(1);
    expect(new Set(made.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    for (const material of made) expect(problemsOf(material, ['127.0.0.1'])).toEqual([]);
    expect(readdirSync(join(data, 'tls/prod/ca'))).toEqual(['1.pem']);
  });

  it.skipIf(skipOpenssl)('satisfies OpenSSL as server and as client', async () => {
    const { certificateChain, caCertificates } = await worker().materialFor(wish('n1'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(data, name), text);
      return join(data, name);
    };
    const [ca, leaf] = [file('ca.pem', caCertificates), file('leaf.pem', certificateChain)];
    for (const purpose of ['sslserver', 'sslclient']) {
      const checks = [
        '-x509_strict',
        '-purpose',
        purpose,
        '-verify_hostname',
        'n1.example.com',
        '-verify_ip',
        '127.0.0.1',
      ];
      expect(await run('openssl', 'verify', ...checks, '-CAfile', ca, leaf)).toContain('OK');
    }
    await expect(run('openssl', 'verify', '-verify_hostname', 'n2.example.com', '-CAfile', ca, leaf)).rejects.toThrow();
  });

  /** Mutual TLS between two nodes, each trusting what it was told to trust. */
  async function talk(server: KeyMaterial, client: KeyMaterial): Promise<boolean> {
    const pem = ({ certificateChain, privateKey, caCertificates }: KeyMaterial): object => ({
      cert: certificateChain,
      key: privateKey,
      ca: caCertificates,
    });
    const listener = createServer({ ...pem(server), requestCert: true, rejectUnauthorized: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.end('hello');
    });
    listener.on('tlsClientError', () => undefined);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const socket: TLSSocket = connect({
      ...pem(client),
      host: '127.0.0.1',
      port: (listener.address() as AddressInfo).port,
    });
    try {
      const heard: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => heard.push(chunk));
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('close', resolve));
      return Buffer.concat(heard).toString() === 'hello';
    } finally {
      socket.destroy();
      listener.close();
    }
  }

  it('rotates with an overlap in which every pair of nodes, whether it has been reached yet or not, can talk', async () => {
    const issuer = worker();
    const { internalCa } = issuer;
    const materialFor = (request: KeyMaterialRequest): Promise<KeyMaterial> => issuer.materialFor(request);
    const before = { n1: await materialFor(wish('n1')), n2: await materialFor(wish('n2')) };
    expect(await internalCa.state('prod')).toMatchObject({ phase: 'none', rotationDue: false });
    await expect(internalCa.switchRotation('prod')).rejects.toThrow('No rotation of the CA of prod has begun');

    expect((await internalCa.beginRotation('prod')).phase).toBe('overlap');
    expect((await internalCa.beginRotation('prod')).trusted).toHaveLength(2);
    const overlap = { n1: await materialFor(wish('n1')), n2: await materialFor(wish('n2')) };
    expect(overlap.n1.fingerprint).toBe(before.n1.fingerprint);
    await expect(internalCa.finishRotation('prod', ['n1', 'n2'])).rejects.toThrow('the new CA does not issue yet');

    expect((await internalCa.switchRotation('prod')).phase).toBe('switched');
    const n1 = await materialFor(wish('n1'));
    expect(n1.fingerprint).not.toBe(before.n1.fingerprint);
    await expect(internalCa.finishRotation('prod', ['n1', 'n2'])).rejects.toThrow(
      'n2 still have certificates of the old one',
    );
    const n2 = await materialFor(wish('n2'));
    expect((await internalCa.finishRotation('prod', ['n1', 'n2'])).phase).toBe('none');
    const after = { n1: await materialFor(wish('n1')), n2: await materialFor(wish('n2')) };
    expect(after.n1.fingerprint).toBe(n1.fingerprint);
    expect(certificatesOf(after.n1.caCertificates, 'the CA')).toHaveLength(1);

    const steps: [KeyMaterial, KeyMaterial][] = [
      [before.n1, before.n2],
      [before.n1, overlap.n2],
      [overlap.n1, n2],
      [n1, n2],
      [n1, after.n2],
    ];
    for (const [one, other] of steps) {
      expect(await talk(one, other)).toBe(true);
      expect(await talk(other, one)).toBe(true);
    }
    // Without the overlap it would break: the oracle of this test can fail.
    expect(await talk(before.n1, n2)).toBe(false);
    expect(await talk(n2, before.n1)).toBe(false);
  });

  it('never outlives its CA, says when a rotation is due, and refuses to issue from a CA that has expired', async () => {
    const short = (): WorkerKeyMaterial => keyMaterialIssuer(data, { now, authorityDays: 30, nodeDays: 90 });
    const first = await short().materialFor(wish('n1'));
    const [ca] = certificatesOf(first.caCertificates, 'the CA');
    expect(first.notAfter).toBe(new Date(ca.validTo).toISOString());
    expect((await short().internalCa.state('prod')).rotationDue).toBe(false);
    clock += 21 * day;
    expect((await short().internalCa.state('prod')).rotationDue).toBe(true);
    clock += 10 * day;
    await expect(short().materialFor(wish('n1'))).rejects.toThrow(/The CA of prod has expired on .* Rotate the CA/);
    expect(problemsOf(first, ['127.0.0.1']).join()).toContain('has expired on');
  });

  it('keeps clusters apart: the certificate of a foreign CA is noticed', async () => {
    const mine = await worker().materialFor(wish('n1'));
    const foreign = await worker().materialFor(wish('n1', { cluster: 'other' }));
    expect(problemsOf(mine, [], foreign.caCertificates)).toEqual([
      'was issued by "CN=Hivekeeper prod 1", which is not among the trusted certificates',
    ]);
    expect(await talk(mine, foreign)).toBe(false);
  });

  it('refuses names that no certificate can carry or that would lead out of its folder', async () => {
    for (const addresses of [[], ['a b'], ['n1,DNS:evil'], ['-x'], ['http://n1']]) {
      await expect(worker().materialFor(wish('n1', { addresses }))).rejects.toMatchObject({ kind: 'InvalidInput' });
    }
    for (const node of ['..', '../n1', '', 'a/b', '.hidden']) {
      await expect(worker().materialFor(wish('n1', { node }))).rejects.toThrow('cannot name a folder');
    }
    expect(await worker().materialFor(wish('n1', { addresses: ['*.example.com'] }))).toMatchObject({});
  });

  it('finds exactly the names that are covered', async () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(label, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(address, { minLength: 1, maxLength: 5 }), address, async (addresses, other) => {
        const material = await worker().materialFor(wish('n1', { addresses }));
        expect(problemsOf(material, addresses)).toEqual([]);
        const facts = certificatesOf(material.certificateChain, 'the chain');
        const covered = materialProblems(facts, { addresses: [other], now: now() }).length === 0;
        const issued = await worker().materialFor(wish('n1', { addresses: [...addresses, other] }));
        // What is covered already asks for no other certificate, what is not does.
        expect(issued.fingerprint === material.fingerprint).toBe(covered);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps one password for the stores of a cluster, also when workers race', async () => {
    const passwords = await Promise.all([1, 2, 3, 4].map(() => worker().storePassword('prod')));
    expect(new Set(passwords).size).toBe(1);
    expect(await worker().storePassword('prod')).toBe(passwords[0]);
    expect(passwords[0]).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(await worker().storePassword('other')).not.toBe(passwords[0]);
    const { mode } = statSync(join(data, 'tls/prod/1.password'));
    expect(mode & 0o777).toBe(0o600);
    await expect(worker().storePassword('../prod')).rejects.toThrow('cannot name a folder');
  });

  it('says which file is damaged', async () => {
    await worker().materialFor(wish('n1'));
    writeFileSync(join(data, 'tls/prod/nodes/n1/1.json'), '{"privateKey":"x"}');
    await expect(worker().materialFor(wish('n1'))).rejects.toThrow(/nodes\/n1\/1\.json of the worker is damaged/);
  });
});
