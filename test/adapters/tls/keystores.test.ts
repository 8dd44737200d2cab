import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  keystoreFrom,
  keystoreProblems,
  privateKeyOf,
  readKeystore,
  truststoreFrom,
  truststoreProblems,
} from '../../../src/adapters/tls/index.js';
import { writeKeystore } from '../../../src/adapters/tls/pkcs12/write.js';
import { mustSkip } from '../../support/requirements.js';
import { makeAuthority, makeCertificate, type Pair } from './support/pki.js';
import { keytoolRequirement, opensslRequirement, run } from './support/programs.js';

const skipJava = mustSkip(await keytoolRequirement());
const password = 'Pass word$"<1>';

describe.skipIf(mustSkip(await opensslRequirement()))('keystores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-keystores-'));
  let root: Pair;
  let other: Pair;
  let between: Pair;
  const leaves: Partial<Record<'rsa' | 'ec', Pair>> = {};

  beforeAll(async () => {
    root = await makeAuthority(folder, 'root');
    other = await makeAuthority(folder, 'other', 'rsa');
    between = await makeCertificate(folder, 'between', root, { authority: true });
    leaves.rsa = await makeCertificate(folder, 'n1', between, {
      kind: 'rsa',
      names: 'DNS:N1.example.com,IP:10.0.0.1,IP:fd00::1',
    });
    leaves.ec = await makeCertificate(folder, 'n2', between, { names: 'DNS:n2' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, bytes: Buffer): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;
  const list = (path: string, type: string, storePassword = password): Promise<string> =>
    run('keytool', '-list', '-v', '-keystore', path, '-storetype', type, '-storepass', storePassword);
  const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'nothing was refused',
      (error: unknown) => (error as { details?: { reason?: string } }).details?.reason,
    );

  describe.each(['rsa', 'ec'] as const)('with a key of the kind %s', (kind) => {
    const made = async (): Promise<Buffer> => {
      const { certificate, key } = leaves[kind]!;
      return keystoreFrom({ certificateChain: between.certificate + certificate, privateKey: key }, password);
    };

    it('is opened by Node and by OpenSSL 3 without legacy algorithms', async () => {
      const pfx = await made();
      expect(() => createSecureContext({ pfx, passphrase: password })).not.toThrow();
      const path = file(`${kind}.p12`, pfx);
      const text = await run('openssl', 'pkcs12', '-in', path, '-info', '-nodes', '-passin', `pass:${password}`);
      expect(text).toContain('PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256');
      expect(text).toContain('BEGIN PRIVATE KEY');
    });

    it.skipIf(skipJava)('is opened by Java as PKCS12 and where JKS is asked for, with its whole chain', async () => {
      const path = file(`${kind}-java.p12`, await made());
      for (const type of ['PKCS12', 'JKS']) {
        const text = await list(path, type);
        expect(text).toContain('Entry type: PrivateKeyEntry');
        expect(text).toContain('Certificate chain length: 2');
        expect(text).toContain(fingerprint(leaves[kind]!.certificate));
      }
      // The key itself is opened, not only the certificates.
      await run('keytool', '-certreq', '-alias', 'hivekeeper', '-keystore', path, '-storepass', password);
    });

    it('is read again with every fact', async () => {
      const facts = await readKeystore(await made(), { password }, 'keystore.p12');
      expect(facts).toMatchObject({ format: 'pkcs12', trusted: [], unseen: [] });
      expect(facts.keys).toHaveLength(1);
      const [entry] = facts.keys;
      expect(entry).toMatchObject({ alias: 'hivekeeper', keyType: kind, keyMatches: true });
      expect(entry!.chain.map((certificate) => certificate.fingerprint)).toEqual([
        fingerprint(leaves[kind]!.certificate),
        fingerprint(between.certificate),
      ]);
      expect(entry!.chain[0]!.names).toEqual(kind === 'rsa' ? ['n1.example.com', '10.0.0.1', 'fd00::1'] : ['n2']);
      expect(entry!.chain[0]!.issuer).toContain('CN=between');
    });

    it('has the same bytes for the same input, and others for another password', async () => {
      const { certificate, key } = leaves[kind]!;
      const first = await made();
      expect(first.equals(await made())).toBe(true);
      const otherPassword = await keystoreFrom({ certificateChain: certificate, privateKey: key }, 'another-one');
      expect(first.equals(otherPassword)).toBe(false);
    });
  });

  it('takes encrypted keys of each form with their passphrase, and no other', async () => {
    const { certificate, keyFile } = leaves.rsa!;
    const forms = { pkcs8: ['pkcs8', '-topk8'], pkcs1: ['rsa', '-traditional', '-aes256'] };
    for (const [form, [command, ...options]] of Object.entries(forms)) {
      const path = join(folder, `encrypted-${form}.key`);
      await run('openssl', command!, ...options, '-in', keyFile, '-out', path, '-passout', 'pass:opensesame');
      const source = { certificateChain: certificate, privateKey: readFileSync(path, 'utf8') };
      const facts = await readKeystore(
        await keystoreFrom({ ...source, passphrase: 'opensesame' }, password),
        { password },
        'keystore.p12',
      );
      expect(facts.keys[0]!.keyMatches).toBe(true);
      expect(await reasonOf(keystoreFrom({ ...source, passphrase: 'wrong' }, password))).toBe('wrong-password');
      expect(await reasonOf(keystoreFrom(source, password))).toBe('wrong-password');
    }
  });

  it('refuses what does not belong together, and repeats neither key nor password', async () => {
    const { certificate, key } = leaves.rsa!;
    const pem = (certificateChain: string, privateKey: string): Promise<Buffer> =>
      keystoreFrom({ certificateChain, privateKey, title: 'n1' }, password);
    expect(await reasonOf(pem(certificate, leaves.ec!.key))).toBe('mismatch');
    expect(await reasonOf(pem(certificate + other.certificate, key))).toBe('broken-chain');
    expect(await reasonOf(pem(key, key))).toBe('no-pem');
    expect(await reasonOf(pem(certificate, certificate))).toBe('no-pem');
    expect(await reasonOf(pem(certificate, key + leaves.ec!.key))).toBe('no-pem');
    expect(await reasonOf(pem(certificate, key.replace(/^(MII.{20})/m, 'AAAA')))).toBe('damaged');
    for (const unusable of ['short', 'pässword', '']) {
      expect(await reasonOf(keystoreFrom({ certificateChain: certificate, privateKey: key }, unusable))).toBe(
        'unusable-password',
      );
    }
    const error: unknown = await pem(certificate, leaves.ec!.key).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain('private key of n1 belongs to none of its 1 certificate(s)');
    expect((error as Error).message).not.toContain('PRIVATE');
  });

  describe('truststores', () => {
    it.skipIf(skipJava)('hold certificates that Java trusts, each once', async () => {
      const pem = root.certificate + other.certificate + root.certificate;
      const path = file('trust.p12', truststoreFrom(pem, password));
      for (const type of ['PKCS12', 'JKS']) {
        const text = await list(path, type);
        expect(text.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
        expect(text).toContain(fingerprint(root.certificate));
        expect(text).toContain(fingerprint(other.certificate));
      }
    });

    it('are read again, and do not depend on the order', async () => {
      const made = truststoreFrom(root.certificate + other.certificate, password);
      expect(made.equals(truststoreFrom(other.certificate + root.certificate, password))).toBe(true);
      const facts = await readKeystore(made, { password }, 'trust.p12');
      expect(facts).toMatchObject({ keys: [], unseen: [] });
      expect(facts.trusted.map(({ fingerprint: found }) => found).toSorted()).toEqual(
        [fingerprint(root.certificate), fingerprint(other.certificate)].toSorted(),
      );
      expect(facts.trusted.every(({ authority }) => authority)).toBe(true);
    });

    it.skipIf(skipJava)('of OpenSSL, which Java sees as empty, are told from usable ones', async () => {
      const path = join(folder, 'openssl-trust.p12');
      await run(
        'openssl',
        'pkcs12',
        '-export',
        '-nokeys',
        '-in',
        root.certificateFile,
        '-out',
        path,
        '-passout',
        `pass:${password}`,
      );
      expect(await list(path, 'PKCS12')).toContain('contains 0 entries');
      const facts = await readKeystore(readFileSync(path), { password }, 'trust.p12');
      expect(facts.trusted).toEqual([]);
      expect(facts.unseen.map(({ fingerprint: found }) => found)).toEqual([fingerprint(root.certificate)]);
    });
  });

  describe('files of others', () => {
    const opensslKeystore = async (name: string, ...options: string[]): Promise<Buffer> => {
      const path = join(folder, name);
      const { certificateFile, keyFile } = leaves.rsa!;
      const parts = ['-in', certificateFile, '-inkey', keyFile, '-certfile', between.certificateFile, '-name', 'mine'];
      await run('openssl', 'pkcs12', '-export', ...parts, '-out', path, '-passout', `pass:${password}`, ...options);
      return readFileSync(path);
    };
    const ciphers = {
      'OpenSSL 3': [],
      'OpenSSL 1 and Java 8 (RC2 with 40 bits, triple DES, SHA-1)': ['-legacy'],
      'triple DES alone': ['-legacy', '-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES'],
      'AES with 128 bits and SHA-512': ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
      'no encryption': ['-keypbe', 'NONE', '-certpbe', 'NONE'],
      'no MAC': ['-nomac'],
    };

    it.each(Object.entries(ciphers))('are read: %s', async (title, options) => {
      const bytes = await opensslKeystore('openssl.p12', ...options);
      const facts = await readKeystore(bytes, { password }, 'keystore.p12');
      expect(facts.keys).toHaveLength(1);
      expect(facts.keys[0]).toMatchObject({ alias: 'mine', keyMatches: true });
      expect(facts.keys[0]!.chain.map(({ fingerprint: found }) => found)).toEqual([
        fingerprint(leaves.rsa!.certificate),
        fingerprint(between.certificate),
      ]);
      const wrong = reasonOf(readKeystore(bytes, { password: 'not-this-one' }, 'keystore.p12'));
      expect(await wrong, title).toBe('wrong-password');
    });

    describe.skipIf(skipJava)('of keytool', () => {
      const keytool = async (type: 'PKCS12' | 'JKS', keyPassword: string): Promise<Buffer> => {
        const path = join(folder, `keytool-${type}-${keyPassword.length}`);
        rmSync(path, { force: true });
        const store = ['-keystore', path, '-storetype', type, '-storepass', password];
        await run(
          'keytool',
          '-genkeypair',
          '-alias',
          'Broker',
          '-keyalg',
          'EC',
          '-dname',
          'CN=n1',
          '-keypass',
          keyPassword,
          ...store,
        );
        await run('keytool', '-importcert', '-noprompt', '-alias', 'root', '-file', root.certificateFile, ...store);
        return readFileSync(path);
      };

      it.each(['PKCS12', 'JKS'] as const)('are read: %s', async (type) => {
        const bytes = await keytool(type, password);
        const facts = await readKeystore(bytes, { password }, 'keystore');
        expect(facts.format).toBe(type.toLowerCase());
        expect(facts.keys).toMatchObject([
          { alias: 'broker', keyType: 'ec', keyMatches: true, chain: [{ subject: 'CN=n1' }] },
        ]);
        expect(facts.trusted).toMatchObject([{ alias: 'root', fingerprint: fingerprint(root.certificate) }]);
        expect(await reasonOf(readKeystore(bytes, { password: 'not-this-one' }, 'keystore'))).toBe('wrong-password');
      });

      it('with a password of its own for the key', async () => {
        const bytes = await keytool('JKS', 'the key is another');
        const both = { password, privateKeyPassword: 'the key is another' };
        expect((await readKeystore(bytes, both, 'keystore')).keys[0]!.keyMatches).toBe(true);
        expect(await reasonOf(readKeystore(bytes, { password }, 'keystore'))).toBe('wrong-key-password');
      });
    });
  });

  it('says why a file cannot serve', async () => {
    const soon = new Date();
    const later = new Date(soon.getTime() + 40 * 24 * 60 * 60_000);
    const { certificate, key } = leaves.rsa!;
    const own = await keystoreFrom({ certificateChain: certificate, privateKey: key }, password);
    const keystore = await readKeystore(own, { password }, 'keystore.p12');
    const truststore = await readKeystore(truststoreFrom(root.certificate, password), { password }, 'trust.p12');
    expect(keystoreProblems(keystore, ['n1.EXAMPLE.com', '10.0.0.1', '[fd00:0::1]'], soon)).toEqual([]);
    expect(keystoreProblems(keystore, ['n2', '10.0.0.1'], later)).toEqual([
      expect.stringMatching(/^has expired on /),
      'is not good for n2 (its names: n1.example.com, 10.0.0.1, fd00::1)',
    ]);
    expect(keystoreProblems(truststore, [])).toEqual(['holds no private key: it is a truststore']);
    expect(truststoreProblems(truststore)).toEqual([]);
    expect(truststoreProblems(keystore)).toEqual([expect.stringContaining('it is a keystore')]);
    expect(truststoreProblems({ ...truststore, trusted: [] })).toEqual(['is empty']);
    expect(truststoreProblems({ ...truststore, trusted: [], unseen: truststore.trusted })).toEqual([
      expect.stringContaining('empty for the broker'),
    ]);
    const end = new Date(Date.parse(truststore.trusted[0]!.notAfter) + 1000);
    expect(truststoreProblems(truststore, end)).toEqual([expect.stringContaining('not valid now')]);
  });

  it('tells a key that is not the one of its certificate', async () => {
    const [mine, others] = [leaves.rsa!, leaves.ec!].map(({ certificate, key }) => ({ certificate, key }));
    // No honest tool makes such a file: the writer is given what keystoreFrom refuses.
    const bytes = await writeKeystore(
      'swapped',
      privateKeyOf(others!.key, 'the key'),
      [new X509Certificate(mine!.certificate).raw],
      password,
    );
    const facts = await readKeystore(bytes, { password }, 'keystore.p12');
    expect(facts.keys).toMatchObject([{ alias: 'swapped', keyMatches: false }]);
    expect(keystoreProblems(facts, [])).toEqual(['has no certificate that belongs to its private key "swapped"']);
  });

  it('refuses a file that is damaged or of another kind, whatever its bytes', async () => {
    const { certificate, key } = leaves.ec!;
    const whole = await keystoreFrom({ certificateChain: certificate, privateKey: key }, password);
    const truth = await readKeystore(whole, { password }, 'keystore.p12');
    const faults = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip): Promise<void> => {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(at) ^ flip, at);
        const reading = readKeystore(damaged, { password }, 'keystore.p12');
        const reason = await reasonOf(reading);
        // A few bits of the wrapping carry nothing: then what is read is the truth.
        if (reason === 'nothing was refused') {
          expect(await reading).toEqual(truth);
          return;
        }
        faults.add(reason);
        expect(['damaged', 'wrong-password', 'wrong-key-password']).toContain(reason);
      }),
      { numRuns: 150 },
    );
    expect(faults).toContain('wrong-password');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from(certificate),
      Buffer.from('feedfeed00000002ffffffff', 'hex'),
      whole.subarray(0, -5),
    ]) {
      expect(await reasonOf(readKeystore(bytes, { password }, 'keystore.p12'))).toBe('damaged');
    }
    const jceks = Buffer.from('cececece00000002', 'hex');
    expect(await reasonOf(readKeystore(jceks, { password }, 'keystore.p12'))).toBe('not-supported');
  });
});
