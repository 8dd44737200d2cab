import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyMaterialIssuer, type KeyMaterial, type KeyMaterialRequest } from '../../../src/adapters/tls/index.js';
import { mustSkip } from '../../support/requirements.js';
import { makeAuthority, makeCertificate, type Pair } from './support/pki.js';
import { opensslRequirement, run } from './support/programs.js';

/** A company's CA behind a program: signs the request by OpenSSL. Notes each call. */
const signer = `
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const [, , folder] = process.argv;
const question = JSON.parse(readFileSync(0, 'utf8'));
appendFileSync(folder + '/calls', JSON.stringify({ ...question, environment: Object.keys(process.env).sort() }) + '\\n');
writeFileSync(folder + '/request.csr', question.certificateRequest);
execFileSync('openssl', ['x509', '-req', '-in', folder + '/request.csr', '-CA', folder + '/company.crt', '-CAkey',
  folder + '/company.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '30', '-out', folder + '/signed.crt'],
  { stdio: 'ignore' });
console.log(JSON.stringify({ certificateChain: readFileSync(folder + '/signed.crt', 'utf8'),
  caCertificates: readFileSync(folder + '/company.crt', 'utf8') }));
`;

describe.skipIf(mustSkip(await opensslRequirement()))('the command issuer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-command-'));
  let data: string;
  let company: Pair;
  let foreign: Pair;

  beforeAll(async () => {
    company = await makeAuthority(folder, 'company');
    foreign = await makeAuthority(folder, 'foreign');
    writeFileSync(join(folder, 'signer.mjs'), signer);
  });
  beforeEach(() => {
    data = mkdtempSync(join(folder, 'data-'));
    writeFileSync(join(folder, 'calls'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const wish: KeyMaterialRequest = {
    cluster: 'prod',
    node: 'n1',
    addresses: ['10.0.0.1', 'n1.example.com'],
    issuer: { hook: 'company' },
  };
  const askFor = (
    issue: readonly [string, ...string[]],
    rest: Partial<KeyMaterialRequest> = {},
    options: { now?: () => Date; timeout?: number; signal?: AbortSignal } = {},
  ): Promise<KeyMaterial> =>
    keyMaterialIssuer(data, {
      hooks: { company: { issue, ...(options.timeout === undefined ? {} : { timeout: options.timeout }) } },
      ...(options.now ? { now: options.now } : {}),
    }).materialFor({ ...wish, ...rest }, options.signal);
  const node = (...args: string[]): [string, ...string[]] => [process.execPath, ...args];
  const signing = (): [string, ...string[]] => node(join(folder, 'signer.mjs'), folder);
  const calls = (): { certificateRequest: string; environment: string[] }[] =>
    readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { certificateRequest: string; environment: string[] });
  /** A hook that prints these texts. */
  const printing = (answer: object): [string, ...string[]] => {
    writeFileSync(join(folder, 'answer.json'), JSON.stringify(answer));
    return node(
      '-e',
      `process.stdout.write(require('fs').readFileSync(${JSON.stringify(join(folder, 'answer.json'))}))`,
    );
  };
  const messageOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'nothing was refused',
      (error: unknown) => (error as Error).message,
    );

  it('takes the certificate that a command signs for a key of the worker, and asks again only when something is due', async () => {
    const first = await askFor(signing());
    expect(first.caCertificates).toContain('BEGIN CERTIFICATE');
    expect(await askFor(signing())).toEqual(first);
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatchObject({ cluster: 'prod', node: 'n1', addresses: ['10.0.0.1', 'n1.example.com'] });
    // Nothing of the worker's environment, which may hold secrets of other specs.
    expect(
      calls()[0]!.environment.filter((name) => !['PATH', 'HOME', 'LC_ALL', '__CF_USER_TEXT_ENCODING'].includes(name)),
    ).toEqual([]);
    writeFileSync(join(folder, 'request.csr'), calls()[0]!.certificateRequest);
    const text = await run('openssl', 'req', '-in', join(folder, 'request.csr'), '-noout', '-text', '-verify');
    expect(text).toMatch(/IP Address:10\.0\.0\.1, DNS:n1\.example\.com/);

    const forced = await askFor(signing(), { force: true });
    expect(forced.fingerprint).not.toBe(first.fingerprint);
    const more = await askFor(signing(), { addresses: [...wish.addresses, '10.9.9.9'] });
    expect(more.fingerprint).not.toBe(forced.fingerprint);
    const later = (): Date => new Date(Date.parse(more.renewAt) + 1000);
    const renewed = await askFor(signing(), {}, { now: later });
    expect(renewed.fingerprint).not.toBe(more.fingerprint);
    expect(calls()).toHaveLength(4);
  });

  it('takes a key that the command made', async () => {
    const between = await makeCertificate(folder, 'between', company, { authority: true });
    const pair = await makeCertificate(folder, 'theirs', between, { names: 'IP:10.0.0.1,DNS:*.example.com' });
    const material = await askFor(
      printing({
        certificateChain: between.certificate + pair.certificate,
        privateKey: pair.key,
        caCertificates: company.certificate,
      }),
    );
    // Leaf first, whatever the order was.
    expect(material.certificateChain).toBe(pair.certificate + between.certificate);
  });

  it('refuses what would not work, and says what was found', async () => {
    const names = 'IP:10.0.0.1,DNS:n1.example.com';
    const good = await makeCertificate(folder, 'good', company, { names });
    const cases: [string, () => Promise<Pair>, Partial<Record<'privateKey' | 'caCertificates', string>>, RegExp][] = [
      [
        'a foreign CA',
        () => makeCertificate(folder, 'strange', foreign, { names }),
        {},
        /issued by "O=Example, CN=foreign", which is not among/,
      ],
      ['expired', () => makeCertificate(folder, 'old', company, { names, days: -1 }), {}, /has expired on \d{4}-/],
      [
        'a wrong name',
        () => makeCertificate(folder, 'wrong', company, { names: 'DNS:n1.example.com' }),
        {},
        /is not good for 10\.0\.0\.1 \(its names: n1\.example\.com\)/,
      ],
      [
        'no name but the common one',
        () => makeCertificate(folder, '10.0.0.1', company),
        {},
        /is not good for 10\.0\.0\.1, n1\.example\.com \(its names: none\)/,
      ],
      [
        'a key of another',
        () => Promise.resolve(good),
        { privateKey: foreign.key },
        /belongs to none of its 1 certificate/,
      ],
      ['no private key', () => Promise.resolve(good), { privateKey: '' }, /holds no PEM block/],
      [
        'no CA',
        () => Promise.resolve(good),
        { caCertificates: '' },
        /caCertificates of the hook "company" holds no PEM block/,
      ],
    ];
    for (const [title, making, replaced, expected] of cases) {
      const pair = await making();
      const answer = { certificateChain: pair.certificate, privateKey: pair.key, caCertificates: company.certificate };
      const message = await messageOf(askFor(printing({ ...answer, ...replaced })));
      expect(message, title).toMatch(expected);
      expect(message, title).not.toContain('PRIVATE KEY-');
    }
    const answer = { certificateChain: good.certificate, privateKey: good.key, caCertificates: company.certificate };
    expect(await messageOf(askFor(printing(answer)))).toBe('nothing was refused');
  });

  it('never repeats what a command printed, since that is a key', async () => {
    const secret = `-----BEGIN PRIVATE KEY----- ${company.key.split('\n')[1]!}`;
    const messages = await Promise.all([
      messageOf(askFor(node('-e', `console.log(${JSON.stringify(secret)})`))),
      messageOf(askFor(node('-e', `console.log(JSON.stringify({ privateKey: ${JSON.stringify(secret)} }))`))),
      messageOf(askFor(node('-e', `console.error(${JSON.stringify(secret)}); process.exit(3)`))),
    ]);
    expect(messages[0]).toContain('printed no JSON, expected {');
    expect(messages[1]).toContain('JSON without certificateChain, caCertificates');
    expect(messages[2]).toContain('ended with code 3: its error output is withheld');
    for (const message of messages) expect(message).not.toContain(secret.slice(30, 60));
  });

  it('says how a command failed', async () => {
    expect(await messageOf(askFor(node('-e', 'console.error("no quota left"); process.exit(4)')))).toContain(
      'The hook "company" for certificates ended with code 4: no quota left.',
    );
    await expect(askFor(['/nowhere/at/all'])).rejects.toMatchObject({ kind: 'CommandFailed' });
    const endless = node('-e', 'setInterval(() => {}, 1000)');
    await expect(askFor(endless, {}, { timeout: 300 })).rejects.toMatchObject({ kind: 'CommandTimedOut' });
    const stop = AbortSignal.timeout(300);
    await expect(askFor(endless, {}, { signal: stop })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(stop.aborted).toBe(true);
    await expect(askFor(endless, { issuer: { hook: 'unknown' } })).rejects.toThrow(
      'which this worker does not define (defined: company)',
    );
    const script = join(folder, 'not-executable');
    writeFileSync(script, '#!/bin/sh\n');
    chmodSync(script, 0o600);
    expect(await messageOf(askFor([script]))).toContain('could not be run (EACCES)');
  });
});
