import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jarVersion } from '../../../../../src/adapters/products/hivemq/adopt/jar-version.js';
import { Masking } from '../../../../../src/adapters/products/hivemq/adopt/masking.js';
import { portOf } from '../../../../../src/adapters/products/hivemq/adopt/ports.js';
import { strayOptions } from '../../../../../src/adapters/products/hivemq/adopt/process-facts.js';
import { readConfig } from '../../../../../src/adapters/products/hivemq/adopt/read-config.js';
import { SecretComparison } from '../../../../../src/adapters/products/hivemq/adopt/secret-comparison.js';
import { unitEnvironment } from '../../../../../src/adapters/products/hivemq/adopt/supervision.js';
import { ZipFile } from 'yazl';

const secret = 'S3cret-Value';

describe('what leaves a host', () => {
  it.each([
    `Environment=KEYSTORE_PASSWORD=${secret}`,
    `Environment="API_TOKEN=${secret} with blanks" OTHER=1`,
    `Environment='DB_PASSWORD=${secret}'`,
    `ExecStart=/usr/bin/java -Djavax.net.ssl.keyStorePassword=${secret} -jar x`,
    `ExecStart=/opt/run --token=${secret}`,
    `Environment=DATABASE=postgres://user:${secret}@host/db`,
  ])('has no secret of a unit: %s', (line) => {
    const masked = new Masking('prod').text(`[Service]\n${line}\nUser=hivemq\n`);
    expect(masked).not.toContain(secret);
    expect(masked).toContain('User=hivemq');
  });

  it('has no secret of a command line, and not where it stands again', () => {
    const masking = new Masking('prod');
    expect(masking.words(['java', '--password', secret, `-Da.secret=${secret}`, '-Xmx1g', '-Dpath.file=/x'])).toEqual([
      'java',
      '--password',
      '${ENV:PROD_PASSWORD}',
      '-Da.secret=${ENV:PROD_A_SECRET}',
      '-Xmx1g',
      '-Dpath.file=/x',
    ]);
    expect(masking.known(`seen: ${secret}`)).not.toContain(secret);
  });

  it('has no value of any element or attribute of config.xml that is called a password', () => {
    const value = fc.string({ minLength: 6 }).filter((one) => /^[^<>&"'{}$]{6,}$/.test(one) && one.trim().length >= 6);
    const name = fc.constantFrom('password', 'private-key-password', 'client-secret', 'auth-token', 'passphrase');
    fc.assert(
      fc.property(value, name, (text, element) => {
        const unlike = `#${text.trim()}#`;
        const xml = `<hivemq><!-- ${unlike.replaceAll('-', '')}~ --><a><${element}>${unlike}</${element}></a><b ${element}="${unlike}"/><c><${element}><![CDATA[${unlike.replaceAll(']', '')}~]]></${element}></c></hivemq>`;
        const found = readConfig(xml, 'prod').text ?? '';
        expect(found).not.toContain(unlike);
        expect(found).not.toContain('~');
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing of a config.xml that nobody can read, not even what the fault quotes', () => {
    const found = readConfig(`<hivemq><password>${secret}</passwor></hivemq>`, 'prod');
    expect(found.text).toBeNull();
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(found.problem).toContain('not well-formed');
  });

  it('tells equal values from others by a number alone', () => {
    const comparison = new SecretComparison();
    expect(['a', 'b', 'a'].map((value) => comparison.variantOf('X', value))).toEqual([1, 2, 1]);
    expect(comparison.variantOf('Y', 'b')).toBe(1);
  });
});

describe('facts of a host', () => {
  it('are addresses as people write them', () => {
    expect(portOf('tcp', '0100007F:075B')).toEqual({ protocol: 'tcp', address: '127.0.0.1', port: 1883 });
    expect(portOf('tcp6', `${'0'.repeat(32)}:1F90`)).toEqual({ protocol: 'tcp', address: '::', port: 8080 });
    expect(portOf('tcp6', '0000000000000000FFFF00000100007F:0050')?.address).toBe('127.0.0.1');
    expect(portOf('udp6', '00000000000000000000000001000000:0001')?.address).toBe('::1');
    expect(portOf('tcp', 'nonsense')).toBeNull();
  });

  it('are options of Java that nobody else gives', () => {
    const words = [
      '/usr/bin/java',
      '-Dhivemq.home=/opt',
      '-Xmx4g',
      '--add-opens',
      'java.base/x=ALL',
      '-Dmine=1',
      '-jar',
      'x',
    ];
    expect(strayOptions(words, '-Xmx4g')).toEqual(['-Dmine=1']);
    expect(strayOptions(['node', '-Dmine=1', '-jar'], '')).toEqual([]);
  });

  it('are the variables that a unit sets, its drop-ins after it', () => {
    const unit = {
      ...{ name: 'hivemq.service', path: '/x', enabled: true, active: true },
      text: '[Service]\nEnvironment=A=1 "B=two words"\n',
      dropIns: [{ path: '/y', text: "[Service]\nEnvironment='A=2'\n" }],
    };
    expect(unitEnvironment(unit)).toEqual({ A: '2', B: 'two words' });
  });

  it.each([true, false])('are the version in the manifest of a jar, compressed: %s', async (compress) => {
    const zip = new ZipFile();
    zip.addEmptyDirectory('META-INF/');
    const manifest = 'Manifest-Version: 1.0\r\nImplementation-Version: 4.28.3\r\nMain-Class: x\r\n';
    zip.addBuffer(Buffer.from(manifest), 'META-INF/MANIFEST.MF', { compress });
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
    expect(jarVersion(Buffer.concat(chunks))).toBe('4.28.3');
    expect(jarVersion(Buffer.from('no jar at all'))).toBeNull();
  });
});
