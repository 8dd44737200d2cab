import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { loadSpecFile } from '../../../src/client/cli/spec-file/index.js';
import { publishFiles } from '../../../src/client/content/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { createDependencies } from '../../../src/worker/dependencies.js';
import { clusterYaml } from '../cli/spec/cluster.js';
import { type Desk, openDesk } from '../cli/spec/run-cli.js';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const bodies = { '4.30.0': 'package of 4.30.0', '4.31.0': 'package of 4.31.0' };

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
  mkdirSync(join(desk.folder, 'packages'));
});
afterEach(() => desk.clear());

const at = (...parts: string[]): string => join(desk.folder, ...parts);
const packageFile = (version: string): string => at('packages', `hivemq-${version}.zip`);
const writePackages = (): void =>
  Object.entries(bodies).forEach(([version, body]) => writeFileSync(packageFile(version), body));

/** A spec for both versions, with whatever else it shall have. */
function writeSpec(more = ''): void {
  const sums = Object.entries(bodies).map(([version, body]) => `${version}: "${sha(body)}"`);
  desk.write('prod.yaml', clusterYaml.replace(/sha256: .*/, `sha256: { ${sums.join(', ')} }`) + more);
}

const spec = async (): Promise<ClusterSpec> => (await loadSpecFile('prod.yaml', { cwd: desk.folder, env: {} })).spec;

describe('publishFiles', () => {
  let store: DirectoryContentStore;
  const publish = async (dryRun = false) => publishFiles(await spec(), store, { dryRun });
  beforeEach(() => {
    store = new DirectoryContentStore(at('store'));
    writeSpec();
  });

  it('takes every version whose file is there, once', async () => {
    writePackages();
    expect((await publish()).packages).toEqual([
      { file: packageFile('4.30.0'), bytes: 17 },
      { file: packageFile('4.31.0'), bytes: 17 },
    ]);
    expect((await store.read(sha(bodies['4.31.0']))).toString()).toBe(bodies['4.31.0']);
    expect((await publish()).packages).toEqual([]);
  });

  it('does without the files of other versions, and without any once the store has them', async () => {
    writeFileSync(packageFile('4.30.0'), bodies['4.30.0']);
    expect((await publish()).packages).toHaveLength(1);
    writeFileSync(packageFile('4.30.0'), 'no longer what it was');
    expect((await publish()).packages).toEqual([]);
  });

  it('needs the file of the version that shall run', async () => {
    writeFileSync(packageFile('4.31.0'), bodies['4.31.0']);
    await expect(publish()).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining(packageFile('4.30.0')) as string,
    });
  });

  it.each([false, true])('refuses a file of another hash and keeps nothing of it, dry run: %s', async (dryRun) => {
    writePackages();
    writeFileSync(packageFile('4.31.0'), 'tampered with');
    await expect(publish(dryRun)).rejects.toMatchObject({
      kind: 'ChecksumMismatch',
      message: expect.stringMatching(/hivemq-4\.31\.0\.zip has the SHA-256 [0-9a-f]{64}, expected/) as string,
    });
    expect(await store.has(sha('tampered with'))).toBeNull();
  });

  it.each([false, true])('refuses a folder in place of a file, dry run: %s', async (dryRun) => {
    mkdirSync(packageFile('4.30.0'));
    await expect(publish(dryRun)).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining(packageFile('4.30.0')) as string,
    });
  });

  it('names the recovery tool by its hash', async () => {
    writePackages();
    writeSpec('recovery: { tool: { file: tools/recovery.zip } }\n');
    await expect(publish()).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining(at('tools', 'recovery.zip')) as string,
    });
    mkdirSync(at('tools'));
    writeFileSync(at('tools', 'recovery.zip'), 'the tool');
    const named = { stored: sha('the tool'), name: 'recovery.zip', bytes: 8 };
    expect((await publish(true)).spec.recovery.tool).toEqual(named);
    expect(await store.has(named.stored)).toBeNull();
    expect((await publish()).spec.recovery.tool).toEqual(named);
    expect((await store.read(named.stored)).toString()).toBe('the tool');
  });

  it('names the Java runtime by its hash', async () => {
    writePackages();
    const text = readFileSync(at('prod.yaml'), 'utf8');
    desk.write('prod.yaml', text.replace(/^broker:$/m, 'broker:\n  java: { file: jre.tar.gz }'));
    await expect(publish()).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining(at('jre.tar.gz')) as string,
    });
    writeFileSync(at('jre.tar.gz'), 'the runtime');
    const named = { stored: sha('the runtime'), name: 'jre.tar.gz', bytes: 11 };
    expect((await publish(true)).spec.broker.java).toEqual(named);
    expect(await store.has(named.stored)).toBeNull();
    expect((await publish()).spec.broker.java).toEqual(named);
    expect((await store.read(named.stored)).toString()).toBe('the runtime');
  });

  it('leaves alone what is no file', async () => {
    writeSpec();
    desk.write(
      'prod.yaml',
      readFileSync(at('prod.yaml'), 'utf8').replace('file: packages/', 'url: https://packages.test/'),
    );
    const before = await spec();
    expect(await publish()).toEqual({ spec: before, packages: [] });
    expect(existsSync(at('store'))).toBe(false);
  });
});

describe('hivekeeper deploy', () => {
  // No Temporal server listens there: who gets as far as starting something ends with exit code 3.
  const deploy = (...args: string[]) =>
    desk.run('deploy', 'prod.yaml', '--data', 'data', '--address', '127.0.0.1:1', ...args);
  beforeEach(() => writeSpec());

  it('brings the files to where a worker with this data folder finds them', async () => {
    writePackages();
    const ran = await deploy();
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('hivemq-4.30.0.zip is in the content store now, 17 bytes\n');
    const { store } = createDependencies({ data: at('data'), secrets: 'all', hooks: {} });
    expect((await store.read(sha(bodies['4.30.0']))).toString()).toBe(bodies['4.30.0']);
  });

  it('writes nothing in a dry run', async () => {
    writePackages();
    expect((await deploy('--dry-run')).code).toBe(3);
    expect(existsSync(at('data'))).toBe(false);
  });

  it('is refused before anything starts', async () => {
    expect(await deploy()).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(packageFile('4.30.0')) as string,
    });
    writePackages();
    writeFileSync(packageFile('4.30.0'), 'tampered with');
    expect(await deploy()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Nothing was started') as string,
    });
  });
});

describe('contents of a spec', () => {
  const material = `licenses: [{ name: prod.lic, content: { file: prod.lic } }]
extensions:
  - { id: an-extension, content: { file: an-extension.zip }, files: { conf/a.properties: { file: a.properties }, conf/b.properties: { text: b } } }
listeners:
  - type: tls-tcp
    port: 8883
    tls:
      keystore: { certificate: { file: node.pem }, privateKey: { file: node.key } }
      truststore: { content: { file: trust.p12 }, password: { file: secrets/password } }
`;
  const files = ['prod.lic', 'an-extension.zip', 'a.properties', 'node.pem', 'node.key', 'trust.p12'];
  let store: DirectoryContentStore;
  beforeEach(() => {
    store = new DirectoryContentStore(at('store'));
    writePackages();
    writeSpec(material);
    for (const file of files) writeFileSync(at(file), `content of ${file}`);
  });

  it('are brought along wherever a spec names one, and a secret in a file is not', async () => {
    const { spec: sent } = await publishFiles(await spec(), store, { dryRun: false });
    const text = JSON.stringify(sent);
    for (const file of files) {
      expect(text).toContain(
        JSON.stringify({ stored: sha(`content of ${file}`), name: file, bytes: 11 + file.length }),
      );
      expect((await store.read(sha(`content of ${file}`))).toString()).toBe(`content of ${file}`);
    }
    expect(text).toContain(JSON.stringify({ file: at('secrets', 'password') }));
    expect(text).toContain(JSON.stringify({ text: 'b' }));
    expect(text).not.toContain(at('node.key'));
  });

  it('are all read before the first is kept', async () => {
    rmSync(at('trust.p12'));
    await expect(publishFiles(await spec(), store, { dryRun: false })).rejects.toMatchObject({ kind: 'InvalidInput' });
    expect(existsSync(at('store'))).toBe(false);
  });

  it('are refused with path and line where one is missing', async () => {
    rmSync(at('node.key'));
    const ran = await desk.run('deploy', 'prod.yaml', '--data', 'data', '--address', '127.0.0.1:1');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /prod\.yaml:\d+:\d+: listeners\[0\]\.tls\.keystore\.privateKey: .*node\.key cannot be read/,
    );
    const line = Number(/prod\.yaml:(\d+):/.exec(ran.stderr)?.[1]);
    expect(readFileSync(at('prod.yaml'), 'utf8').split('\n')[line - 1]).toContain('privateKey: { file: node.key }');
    expect(existsSync(at('data'))).toBe(false);
  });
});
