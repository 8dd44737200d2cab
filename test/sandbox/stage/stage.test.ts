import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, readStat } from '../../../src/sandbox/hosts/proc.js';
import { logIn } from '../../support/ssh.js';
import { stageForTest } from '../../support/stage.js';
import { until } from '../../support/until.js';

describe('a stage', () => {
  it('runs beside another one, and ends without it', async () => {
    const [one, two] = await Promise.all([stageForTest(), stageForTest()]);
    const addresses = [...one.hosts, ...two.hosts].map(({ address }) => address);
    expect(new Set(addresses).size).toBe(12);
    await one.stop();
    expect(existsSync(one.root)).toBe(false);
    expect((await (await logIn(two.host('n1'))).execCommand('echo $HIVEKEEPER_STAGE_HOST')).stdout).toBe('n1');
    expect(two.hosts.every((host) => host.processes().length > 0)).toBe(true);
  });

  it('gives its addresses back', async () => {
    const prefer = '127.79.1';
    const first = await stageForTest({ nodes: ['a'], gates: [], recovery: [], prefer });
    expect(first.prefix).toBe(prefer);
    await first.stop();
    const second = await stageForTest({ nodes: ['a'], gates: [], recovery: [], prefer });
    expect(second.prefix).toBe(prefer);
  });

  it('keeps a folder that was given to it', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'hivekeeper-kept-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const stage = await stageForTest({ nodes: ['a'], gates: [], recovery: [], root });
    await stage.stop();
    expect(existsSync(path.join(root, 'hosts', 'a', 'journal.log'))).toBe(true);
  });

  it('says which hosts there are when it is asked for another', async () => {
    const stage = await stageForTest({ nodes: ['a', 'b'], gates: [], recovery: [] });
    expect(() => stage.host('c')).toThrow('The stage has no host c, only a, b.');
  });

  it('takes all its processes with it when its owner is killed', async () => {
    const code = `
      import { createStage } from ${JSON.stringify(new URL('../../../src/sandbox/stage/index.ts', import.meta.url).pathname)};
      const stage = await createStage({ nodes: ['a', 'b'], gates: [], recovery: [] });
      const pids = stage.hosts.flatMap((host) => host.processes().map(({ pid }) => pid));
      console.log(JSON.stringify({ root: stage.root, pids }));
      setInterval(() => {}, 1000);`;
    const folder = new URL('../../../src/sandbox/hosts/', import.meta.url);
    const bundle = await build({
      stdin: { contents: code, resolveDir: '/' },
      ...{ bundle: true, format: 'esm', platform: 'node', packages: 'external', write: false },
      define: { 'import.meta.url': JSON.stringify(new URL('program-file.ts', folder).href) },
    });
    const args = ['--input-type=module', '-e', bundle.outputFiles[0]!.text];
    const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { root, pids } = JSON.parse(line.toString()) as { root: string; pids: number[] };
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    // A session that only looked whether the server answers may have ended in the meantime.
    const processes = pids.map((pid) => readStat(pid)).filter((stat) => stat !== undefined);
    expect(processes.filter(isRunning).length).toBeGreaterThanOrEqual(2);
    owner.kill('SIGKILL');
    await until(() => !processes.some(isRunning));
  });

  it('writes a spec for its hosts', async () => {
    const stage = await stageForTest({ nodes: ['n1', 'n2', 'n3', 'n4'], gates: ['lb1'], recovery: ['rec1'] });
    const sha256 = { '4.30.0': 'a'.repeat(64) };
    const spec = stage.spec({
      version: '4.30.0',
      distribution: { file: '/packages/hivemq-{version}.zip', sha256 },
      gateHook: 'gate',
      overrides: { nodes: 2 },
    });
    const host = stage.host('n4');
    expect(spec).toMatchObject({
      broker: { version: '4.30.0', user: host.brokerUser, package: { sha256 } },
      ssh: { user: host.user, port: host.sshPort, become: host.become },
      nodes: 2,
      loadBalancer: { product: 'command', hook: 'gate' },
    });
    expect(spec['hosts']).toContainEqual({
      ...{ name: 'n4', address: host.address, hostKey: host.hostKeyFingerprint },
      ...{ roles: ['node'], home: host.home, loopback: host.address },
    });
  });
});
