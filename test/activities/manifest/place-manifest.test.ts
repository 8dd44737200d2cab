import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvironment } from '../../../src/activities/steps/manifest/environment-file.js';
import { readKeystore } from '../../../src/adapters/tls/index.js';
import { certificateOf } from './support/certificates.js';
import { extensionZip } from './support/extensions.js';
import { useBench } from './support/bench.js';

const bench = useBench();
const at = (path: string): string => join(bench().home, path);
const text = (path: string): string => readFileSync(at(path), 'utf8');
const mode = (path: string): string => (statSync(at(path)).mode & 0o777).toString(8);
const put = (path: string, content: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const nodeJson = (): string => text('.hivekeeper/node.json');
const variables = (): Map<string, string> => readEnvironment(text('conf/hivekeeper-secrets.env'));

describe('what a manifest brings', () => {
  it('is written once, each with its mode, and is not written again', async () => {
    bench().environment['TOKEN'] = 'a "secret" $value';
    bench().environment['ADMIN'] = 'pass';
    const zip = await extensionZip(bench().store, 'an-extension', { 'conf/a.properties': 'a=1\n' });
    const manifest = {
      files: [{ path: 'conf/config.xml', content: '<hivemq/>', mode: 0o640, effect: 'restart' as const }],
      variables: [
        { name: 'HIVEKEEPER_ENV_TOKEN', value: { from: 'secret' as const, secret: { env: 'TOKEN' } } },
        {
          name: 'HIVEKEEPER_CONTROL_CENTER_1',
          value: { from: 'control-center-password' as const, user: 'admin', secret: { env: 'ADMIN' } },
        },
      ],
      contents: [
        { path: 'license/a.lic', mode: 0o640, content: { text: 'licensed' }, effect: 'hot' as const },
        {
          path: 'extensions/an-extension/conf/a.properties',
          mode: 0o640,
          content: { text: 'a=2\n' },
          effect: 'hot' as const,
        },
      ],
      secretFiles: [
        {
          path: 'conf/java.options',
          under: 'home' as const,
          template: '-Dtoken=@{TOKEN}\n',
          values: { TOKEN: { env: 'TOKEN' } },
          effect: 'restart' as const,
        },
      ],
      extensions: [{ id: 'an-extension', content: zip, enabled: false, effect: 'hot' as const }],
    };
    const first = await bench().place(manifest);
    expect([...first.written].sort()).toEqual([
      'conf/config.xml',
      'conf/hivekeeper-secrets.env',
      'conf/java.options',
      'extensions/an-extension',
      'extensions/an-extension/conf/a.properties',
      'license/a.lic',
    ]);
    expect(text('conf/java.options')).toBe('-Dtoken=a "secret" $value\n');
    expect(text('extensions/an-extension/conf/a.properties')).toBe('a=2\n');
    expect(existsSync(at('extensions/an-extension/DISABLED'))).toBe(true);
    expect(existsSync(at('extensions/an-extension/hivemq-extension.xml'))).toBe(true);
    expect(Object.fromEntries(variables())).toEqual({
      HIVEKEEPER_ENV_TOKEN: 'a "secret" $value',
      HIVEKEEPER_CONTROL_CENTER_1: createHash('sha256').update('adminpass').digest('hex'),
    });
    expect(['conf/config.xml', 'conf/hivekeeper-secrets.env', 'conf/java.options', 'license/a.lic'].map(mode)).toEqual([
      '640',
      '600',
      '600',
      '640',
    ]);
    expect(nodeJson()).not.toContain('secret"');
    expect((await bench().place(manifest)).written).toEqual([]);
  });

  it('keeps passwords that were made, and the stores with them', async () => {
    const { certificate, privateKey } = certificateOf('n1');
    const source = { from: 'pem-key' as const, certificate: { text: certificate }, privateKey: { text: privateKey } };
    const manifest = {
      stores: [{ path: 'conf/tls/listener.p12', source, effect: 'hot' as const }],
      variables: ['HIVEKEEPER_KEYSTORE_1', 'HIVEKEEPER_PRIVATE_KEY_1'].map((name) => ({
        name,
        value: { from: 'generated' as const, store: 'conf/tls/listener.p12' },
      })),
    };
    await bench().place(manifest);
    const [password, same] = [...variables().values()];
    expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(same).toBe(password);
    expect(mode('conf/tls/listener.p12')).toBe('600');
    const facts = await readKeystore(
      readFileSync(at('conf/tls/listener.p12')),
      { password: password ?? '' },
      'the store',
    );
    expect(facts.keys).toHaveLength(1);
    const before = readFileSync(at('conf/tls/listener.p12'));
    expect((await bench().place(manifest)).written).toEqual([]);
    expect(readFileSync(at('conf/tls/listener.p12')).equals(before)).toBe(true);
    expect(variables().get('HIVEKEEPER_KEYSTORE_1')).toBe(password);
  });

  it('makes a store for a running broker only with the password that it was started with', async () => {
    const { certificate } = certificateOf('ca');
    const source = { from: 'pem-certificates' as const, certificates: { text: certificate } };
    const store = { path: 'conf/tls/trust.p12', source, effect: 'hot' as const };
    const value = { from: 'generated' as const, store: store.path };
    const manifest = { stores: [store], variables: [{ name: 'HIVEKEEPER_TRUSTSTORE_1', value }] };
    const hot = { effects: new Set(['hot'] as const) };
    expect((await bench().place(manifest, hot)).written).toEqual([]);
    expect(existsSync(at('conf/hivekeeper-secrets.env'))).toBe(false);
    await bench().place(manifest);
    rmSync(at('conf/tls/trust.p12'));
    expect((await bench().place(manifest, hot)).written).toEqual(['conf/tls/trust.p12']);
  });
});

describe('what a manifest no longer has', () => {
  const license = (name: string) => ({
    path: `license/${name}`,
    mode: 0o640,
    content: { text: name },
    effect: 'hot' as const,
  });

  it('is taken away, and nothing that somebody else has put there', async () => {
    put('license/own.lic', 'own');
    put('extensions/own/hivemq-extension.xml', '<hivemq-extension/>');
    const extensions = [
      { id: 'one', content: await extensionZip(bench().store, 'one'), enabled: true, effect: 'hot' as const },
      { id: 'two', content: await extensionZip(bench().store, 'two'), enabled: true, effect: 'hot' as const },
    ];
    await bench().place({ contents: [license('a.lic'), license('b.lic')], extensions });
    expect(readdirSync(at('extensions')).sort()).toEqual(['one', 'own', 'two']);
    const stopped: string[] = [];
    const untilStopped = (ids: readonly string[]): Promise<void> => {
      stopped.push(...ids.filter((id) => existsSync(at(`extensions/${id}/DISABLED`))));
      return Promise.resolve();
    };
    await bench().place({ contents: [license('b.lic')], extensions: extensions.slice(0, 1) }, { untilStopped });
    expect(stopped).toEqual(['two']);
    expect(readdirSync(at('extensions')).sort()).toEqual(['one', 'own']);
    expect(readdirSync(at('license')).sort()).toEqual(['b.lic', 'own.lic']);
    await bench().place({});
    expect(readdirSync(at('extensions'))).toEqual(['own']);
    expect(readdirSync(at('license'))).toEqual(['own.lic']);
  });

  it('gives back what the archive of an extension has', async () => {
    const content = await extensionZip(bench().store, 'one', { 'conf/a': 'of the archive' });
    const extensions = [{ id: 'one', content, enabled: true, effect: 'hot' as const }];
    const laid = {
      path: 'extensions/one/conf/a',
      mode: 0o640,
      content: { text: 'of the spec' },
      effect: 'hot' as const,
    };
    await bench().place({ extensions, contents: [laid] });
    expect(text('extensions/one/conf/a')).toBe('of the spec');
    await bench().place({ extensions });
    expect(text('extensions/one/conf/a')).toBe('of the archive');
    expect(existsSync(at('extensions/one/DISABLED'))).toBe(false);
  });
});

describe('an extension', () => {
  it('of another archive takes the place of the old one and keeps what only that had in conf', async () => {
    const enabled = true;
    const old = await extensionZip(bench().store, 'one', { 'conf/a': 'old', 'lib/old': '' });
    await bench().place({ extensions: [{ id: 'one', content: old, enabled, effect: 'hot' }] });
    put('extensions/one/conf/by-hand', 'mine');
    const anew = await extensionZip(bench().store, 'one', { 'conf/a': 'new' });
    const { written, started } = await bench().place({
      extensions: [{ id: 'one', content: anew, enabled, effect: 'hot' }],
    });
    expect(written).toEqual(['extensions/one']);
    expect(started).toEqual(['one']);
    expect(text('extensions/one/conf/a')).toBe('new');
    expect(text('extensions/one/conf/by-hand')).toBe('mine');
    expect(existsSync(at('extensions/one/lib'))).toBe(false);
  });

  it('that comes neither with the package nor with the spec is refused, and says what to write', async () => {
    await expect(
      bench().place({ extensions: [{ id: 'one', content: null, enabled: true, effect: 'hot' as const }] }),
    ).rejects.toMatchObject({
      kind: 'CheckFailed',
      message: expect.stringContaining('content: { file: ./one.zip }') as string,
    });
  });

  it('whose folder has another name is refused, and nothing is unpacked', async () => {
    const content = await extensionZip(bench().store, 'other');
    await expect(
      bench().place({ extensions: [{ id: 'one', content, enabled: true, effect: 'hot' as const }] }),
    ).rejects.toMatchObject({
      kind: 'UnsafeArchive',
      message: expect.stringContaining('its top folder is other, and must be one') as string,
    });
    expect(existsSync(at('extensions'))).toBe(false);
  });
});

describe('a secret', () => {
  it('that cannot be resolved stops everything before a file is written', async () => {
    const secret = { name: 'HIVEKEEPER_A', value: { from: 'secret' as const, secret: { env: 'MISSING' } } };
    const file = { path: 'conf/config.xml', content: '<hivemq/>', mode: 0o640, effect: 'restart' as const };
    await expect(bench().place({ files: [file], variables: [secret] })).rejects.toMatchObject({
      kind: 'SecretMissing',
    });
    expect(existsSync(at('conf'))).toBe(false);
  });

  it("in the account's own home never replaces somebody else's file", async () => {
    const folder = `.hivekeeper-test-${randomBytes(6).toString('hex')}`;
    onTestFinished(() => rmSync(join(homedir(), folder), { recursive: true, force: true }));
    bench().environment['KEY'] = 'key';
    const file = {
      path: `${folder}/credentials`,
      under: 'user-home' as const,
      template: 'key=@{KEY}\n',
      values: { KEY: { env: 'KEY' } },
      effect: 'restart' as const,
    };
    const path = join(homedir(), file.path);
    await bench().place({ secretFiles: [file] });
    expect([readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)]).toEqual(['key=key\n', '600']);
    bench().environment['KEY'] = 'renewed';
    expect((await bench().place({ secretFiles: [file] })).written).toEqual([`~/${file.path}`]);
    await bench().place({});
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'mine');
    const config = { path: 'conf/config.xml', content: '<hivemq/>', mode: 0o640, effect: 'restart' as const };
    // Tried again, as an activity is: the first attempt has not made the file its own.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(bench().place({ files: [config], secretFiles: [file] })).rejects.toMatchObject({
        kind: 'CheckFailed',
        message: expect.stringContaining('Move it away, or choose another type of credentials') as string,
      });
    }
    await bench().place({});
    expect([readFileSync(path, 'utf8'), existsSync(at(config.path))]).toEqual(['mine', false]);
    // What would be written is there already: nobody loses anything.
    writeFileSync(path, 'key=renewed\n');
    expect((await bench().place({ secretFiles: [file] })).written).not.toContain(`~/${file.path}`);
  });
});
