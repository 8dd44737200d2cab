import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
