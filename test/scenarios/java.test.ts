import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { javaStandIn } from '../../src/sandbox/distribution/index.js';
import { makeTarGz } from '../adapters/archive/tars.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'java';
const LONG = 120_000;

/** The hosts' own Java is of no use: whatever runs there runs by the Java that was brought along. */
const scenario = useScenario({
  nodes: ['n1', 'n2'],
  recovery: [],
  standIns: [{ name: 'java', text: '#!/bin/sh\necho "no Java here" >&2\nexit 1\n' }],
});

/** Lays an archive of a runtime beside the packages. @returns what a spec says of it */
async function runtime(name: string, java: string): Promise<Record<string, unknown>> {
  const file = path.join(path.dirname(scenario().packages.distribution.file), `${name}.tar.gz`);
  const top = `jdk-${name}-jre`;
  await makeTarGz(file, [
    { name: `${top}/`, type: 'directory', mode: 0o755 },
    { name: `${top}/bin/java`, mode: 0o755, content: java },
    { name: `${top}/legal/java.base/LICENSE`, mode: 0o644, content: 'license' },
    { name: `${top}/legal/java.desktop/LICENSE`, type: 'symlink', linkname: '../java.base/LICENSE' },
  ]);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const url = new URL(`${name}.tar.gz`, String(scenario().packages.brokerPackage['url']).replace('{version}', '0'));
  return { url: url.href, sha256, fetch: 'worker' };
}

const folderOf = (java: Record<string, unknown>): string => `java-${String(java['sha256']).slice(0, 12)}`;
const working = (mark: string): string => `${javaStandIn(process.execPath)}# ${mark}\n`;

function spec(java: unknown): Record<string, unknown> {
  const plain = scenario().spec({ name: CLUSTER, nodes: 2 });
  return { ...plain, broker: { ...Object(plain['broker']), java } };
}
const deploy = (java: unknown) => scenario().run('deployCluster', { cluster: CLUSTER, spec: spec(java) });
const nodes = () => scenario().stage.nodes;
const bothServe = { n1: serving('4.30.0', 2), n2: serving('4.30.0', 2) };

/** The runtime that each broker was started with, by the environment of its process. */
const used = (): string[] =>
  nodes().flatMap((host) =>
    host.brokers().map(({ pid }) => {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const first =
        environment
          .find((line) => line.startsWith('PATH='))
          ?.slice('PATH='.length)
          .split(':')[0] ?? '';
      return path.relative(path.join(host.home, 'packages'), path.dirname(first));
    }),
  );

describe('a Java that is brought along', () => {
  test('the hosts’ own would be refused', { timeout: LONG }, async () => {
    expectFailure(await deploy('system'), 'CheckFailed', 'check java fails on n1');
  });

  test('one that does not run there is refused before anything starts', { timeout: LONG }, async () => {
    const broken = await runtime('broken', '#!/bin/sh\necho "cannot execute: required file not found" >&2\nexit 127\n');
    expectFailure(await deploy(broken), 'CheckFailed', 'fails: cannot execute: required file not found');
    const old = await runtime('old', '#!/bin/sh\necho \'openjdk version "1.8.0_292"\' >&2\n');
    expectFailure(await deploy(old), 'CheckFailed', 'Java 11 or newer is needed');
    expect(effects(nodes())).toEqual({});
  });

  test('an archive that leads out of its folder is refused', { timeout: LONG }, async () => {
    const file = path.join(path.dirname(scenario().packages.distribution.file), 'evil.tar.gz');
    await makeTarGz(file, [{ name: 'jre/bin', type: 'symlink', linkname: '../../../bin' }]);
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    const url = new URL('evil.tar.gz', String(scenario().packages.brokerPackage['url']).replace('{version}', '0'));
    expectFailure(await deploy({ url: url.href, sha256, fetch: 'worker' }), 'UnsafeArchive', 'leads out of its folder');
    await writeFile(file, 'no longer needed');
  });

  test('deploy runs the brokers with it', { timeout: LONG }, async () => {
    const java = await runtime('one', working('one'));
    expect((await deploy(java)).failure).toBeUndefined();
    expect(await healthOf(nodes())).toEqual(bothServe);
    expect(used()).toEqual([folderOf(java), folderOf(java)]);
    const again = await deploy(java);
    expect(again.report).toMatchObject({ changes: [] });
  });

  test('another one is rolled, and the old one stays beside it', { timeout: LONG }, async () => {
    const [one, two] = [await runtime('one', working('one')), await runtime('two', working('two'))];
    const since = Date.now();
    expect((await deploy(two)).failure).toBeUndefined();
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(nodes(), since)).toEqual({ n1: once, n2: once });
    expect(await healthOf(nodes())).toEqual(bothServe);
    expect(used()).toEqual([folderOf(two), folderOf(two)]);
    for (const { home } of nodes()) {
      const found = await readdir(path.join(home, 'packages'));
      expect(found).toEqual(expect.arrayContaining([folderOf(one), folderOf(two)]));
    }
  });
});
