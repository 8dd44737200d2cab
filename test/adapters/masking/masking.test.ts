import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskStream, maskText, natureOf, SecretValues } from '../../../src/adapters/masking/index.js';

const valuesOf = (...values: string[]): SecretValues => {
  const known = new SecretValues();
  known.add(...values);
  return known;
};
const hidden = (given: string): string => maskText(given, new SecretValues());

/** What a reader of a masked text could make of it again. */
const encodings: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64, with a name before it': (value) => Buffer.from(`admin:${value}`).toString('base64'),
  'base64, within more': (value) => Buffer.from(`{"a":"${value}","b":1}`).toString('base64'),
  base64url: (value) => Buffer.from(`x${value}`).toString('base64url'),
  hexadecimal: (value) => Buffer.from(value).toString('hex'),
  'in an address': encodeURIComponent,
  'in a form': (value) => new URLSearchParams({ p: value }).toString().slice(2),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  XML: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
};

const passwords = fc
  .string({ unit: fc.constantFrom(...Array.from('abcXYZ019 +/&<>"\'%$\\=é~')), minLength: 8, maxLength: 30 })
  .filter((value) => value === value.trim());

describe('a known secret', () => {
  it.each(Object.keys(encodings))('stands nowhere: %s', (name) => {
    const encode = encodings[name] ?? String;
    fc.assert(
      fc.property(passwords, (secret) => {
        const form = encode(secret);
        const line = `2026-11-21 INFO - said ${form} to nobody\n`;
        // Without the values the line is as it was, or the test would prove nothing.
        expect(maskText(line, new SecretValues(), 'values')).toBe(line);
        // Of base64, what stands at the ends of the value shares characters with what is beside it.
        const core = form.slice(name.includes('base64') ? 12 : 0, name.includes('base64') ? -12 : undefined);
        const masked = maskText(line, valuesOf(secret), 'values');
        expect(masked).toContain('***');
        if (core.length >= 8) expect(masked).not.toContain(core);
      }),
      { numRuns: 60 },
    );
  });

  it('of several lines is hidden line by line', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n';
    expect(maskText('a MIIEvQIBADANBgkq b hkiG9w0BAQEFAASC c', valuesOf(key))).toBe('a *** b *** c');
  });

  it('is not looked for where it is so short that every word has it', () => {
    expect(maskText('a cat', valuesOf('a', ''))).toBe('a cat');
  });

  it('survives no border between two pieces of a stream', async () => {
    const secret = 'S3cret-of-the-stream';
    const line = `x${'-'.repeat(40)} ${secret} tail\n`;
    const whole = line.repeat(4000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70_000 }), async (size) => {
        const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
          Buffer.from(whole.slice(at * size, (at + 1) * size)),
        );
        const source = Readable.from(size < 100 ? [Buffer.from(whole)] : pieces);
        const masked = await text(source.pipe(maskStream(valuesOf(secret))));
        expect(masked).toBe(whole.replaceAll(secret, '***'));
      }),
      { numRuns: 8 },
    );
  });

  it('is not left by half at the ends of a log that was cut or is being written', async () => {
    const log = 'half-secret\nwhole line\nhalf-sec';
    const options = { dropFirstLine: true, dropOpenLine: true };
    expect(await text(Readable.from([Buffer.from(log)]).pipe(maskStream(new SecretValues(), options)))).toBe(
      'whole line\n',
    );
  });

  it('cannot hide in a line that is too long to be looked through', async () => {
    const long = `${'x'.repeat(3 * 1024 * 1024)} Secret-77\nnext\n`;
    const pieces = long.match(/[\s\S]{1,65536}/g)?.map((piece) => Buffer.from(piece)) ?? [];
    const masked = await text(Readable.from(pieces).pipe(maskStream(valuesOf('Secret-77'))));
    expect(masked).not.toContain('Secret-77');
    expect(masked).toMatch(/was left out\)\nnext\n$/);
  });
});

describe('a secret that nobody knows is seen by its form', () => {
  it.each([
    ['<password>hunter2-hunter</password>', '<password>***</password>'],
    ['<b:client-secret a="1">\n  x1y2z3\n</b:client-secret>', '<b:client-secret a="1">***</b:client-secret>'],
    ['<password><![CDATA[a<b>c]]></password>', '<password>***</password>'],
    ['<key-store password="p4ss"/>', '<key-store password="***"/>'],
    ['<property name="db.password" value="p4ss"/>', '<property name="db.password" value="***"/>'],
    ['<entry key="api-key">p4ss</entry>', '<entry key="api-key">***</entry>'],
    ['db.password = a b c\nnext=1', 'db.password = ***\nnext=1'],
    ['db.password=abc\\\n  def\nnext=1', 'db.password=***\nnext=1'],
    ['password: hunter2\nuser: ann', 'password: ***\nuser: ann'],
    ['{"user":"ann","password":"a,b}c","n":1}', '{"user":"ann","password":"***","n":1}'],
    ['  "clientSecret": "abc",', '  "clientSecret": "***",'],
    ['Environment: DB_PASSWORD=a b', 'Environment: DB_PASSWORD=***'],
    ['-Djavax.net.ssl.keyStorePassword=abc', '-Djavax.net.ssl.keyStorePassword=***'],
    ['java --db-password abcd --port 1', 'java --db-password *** --port 1'],
    ['log: Authorization: Basic YWRtaW46aGl2ZW1x', 'log: Authorization: ***'],
    ['sent [authorization=Bearer abc.def.0]', 'sent [authorization=***]'],
    ['with Bearer eyJhbGciOi.J9.abc to it', 'with Bearer *** to it'],
    ['to https://ann:p4ss@example.com/x', 'to https://ann:***@example.com/x'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\nMIIF\n-----END RSA PRIVATE KEY----- b', 'a ***\n b'],
    ['k=-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----;', 'k=***;'],
  ])('%j', (given, expected) => expect(hidden(given)).toBe(expected));

  it.each([
    '<password>${ENV:ADMIN_PASSWORD}</password>',
    'keystore.password=@{STORE}',
    '<password-type>HASHED</password-type>',
    'password.file=/etc/p',
    '2026-11-21 10:00:00,000 INFO  - Started HiveMQ in 2010ms',
    'Basic authentication is off',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
  ])('and what is none stays: %j', (given) => expect(hidden(given)).toBe(given));

  it('and is hidden wherever else it stands from then on', () => {
    const values = new SecretValues();
    maskText('<password>Zx81-forever</password>', values);
    expect(maskText('log in with Zx81-forever', values)).toBe('log in with ***');
  });

  it('in a file of secret variables is every value', () => {
    expect(maskText('A="x"\nB_2="y z"\n', new SecretValues(), 'environment')).toBe('A=***\nB_2=***\n');
  });
});

describe('a file that is no text', () => {
  const secret = 'Blob-secret-5';
  const nature = (name: string, ...chunks: Buffer[]): Promise<string> =>
    natureOf(name, Readable.from(chunks), valuesOf(secret));
  const zero = Buffer.from([0, 1, 2]);

  it('is told from a text', async () => {
    expect(await nature('a.txt', Buffer.from('plain ünïcode'))).toBe('text');
    expect(await nature('a.bin', Buffer.concat([Buffer.from('x'), zero]))).toBe('clean');
    expect(await nature('a.bin', Buffer.from([0xff, 0xfe, 0x41]))).toBe('clean');
  });

  it('is found to hold a secret, across pieces and in whatever form', async () => {
    const [one, two] = [Buffer.from(secret.slice(0, 6)), Buffer.from(secret.slice(6))];
    expect(await nature('a.bin', zero, one, two)).toBe('secret');
    expect(await nature('a.bin', zero, Buffer.from(secret, 'utf16le'))).toBe('secret');
    expect(await nature('a.bin', zero, Buffer.from(Buffer.from(secret).toString('base64')))).toBe('secret');
  });

  it('is known for what cannot be looked through', async () => {
    expect(await nature('a.bin', Buffer.from('PK\u0003\u0004'), zero)).toBe('archive');
    expect(await nature('a.log', Buffer.from([0x1f, 0x8b, 8, 0]))).toBe('archive');
    expect(await nature('a.p12', zero)).toBe('key-store');
  });
});

it('nothing is changed in a text without any secret', async () => {
  const plain = 'a line of a log, with words: and = signs\n'.repeat(5000);
  const masked = await buffer(Readable.from([Buffer.from(plain)]).pipe(maskStream(valuesOf('never-there'))));
  expect(masked.toString()).toBe(plain);
});
