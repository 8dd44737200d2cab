import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDistribution, buildRecoveryTool, javaStandIn } from '../../../src/sandbox/distribution/index.js';
import { unzip } from '../../conformance/support/unzip.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hivekeeper-dist-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the distribution', () => {
  it('has the same bytes for the same version, others for another', async () => {
    const first = await buildDistribution({ version: '4.31.0', outFile: path.join(root, 'a.zip') });
    const again = await buildDistribution({ version: '4.31.0', outFile: path.join(root, 'b.zip') });
    const other = await buildDistribution({ version: '4.32.0', outFile: path.join(root, 'c.zip') });
    expect(again.sha256).toBe(first.sha256);
    expect(other.sha256).not.toBe(first.sha256);
    expect(statSync(first.file).size).toBe(first.bytes);
    await expect(buildDistribution({ version: '4.31', outFile: path.join(root, 'd.zip') })).rejects.toThrow('x.y.z');
  });

  it("has HiveMQ's layout, with scripts that can be executed", async () => {
    await unzip((await buildDistribution({ version: '4.30.0', outFile: path.join(root, 'a.zip') })).file, root);
    const home = path.join(root, 'hivemq-4.30.0');
    for (const file of [
      'bin/hivemq.jar',
      'conf/config.xml',
      'conf/logback.xml',
      'extensions/hivemq-allow-all-extension/hivemq-extension.xml',
    ]) {
      expect(existsSync(path.join(home, file))).toBe(true);
    }
    for (const folder of ['data', 'log', 'license', 'backup'])
      expect(statSync(path.join(home, folder)).isDirectory()).toBe(true);
    for (const script of ['run.sh', 'recovery.sh'])
      expect(statSync(path.join(home, 'bin', script)).mode & 0o111).toBe(0o111);
  });
});

describe.each(['run.sh', 'recovery.sh'])('%s', (script) => {
  const java = (line?: string): string => {
    const bin = path.join(root, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'java'), javaStandIn(process.execPath, line), { mode: 0o755 });
    return `${bin}:/usr/bin:/bin`;
  };
  const run = (env: Record<string, string>) => {
    const file = path.join(root, 'hivemq-4.30.0', 'bin', script);
    const { status, stderr } = spawnSync(file, [], { env, encoding: 'utf8' });
    return { status, stderr };
  };
  beforeEach(async () => {
    await unzip((await buildDistribution({ version: '4.30.0', outFile: path.join(root, 'a.zip') })).file, root);
  });

  it('says what is missing and ends with 1', () => {
    const PATH = java();
    expect(run({ PATH, HIVEMQ_HOME: path.join(root, 'nowhere') })).toEqual({
      status: 1,
      stderr: 'ERROR! HiveMQ home folder not found.\n',
    });
    rmSync(path.join(root, 'hivemq-4.30.0', 'bin', 'hivemq.jar'));
    expect(run({ PATH })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ERROR! HiveMQ JAR not found.') as string,
    });
  });

  it('wants a java of at least 11 on the PATH', () => {
    const old = run({ PATH: java('openjdk version "8.0.372" 2023-04-18') });
    expect(old).toMatchObject({ status: 1, stderr: expect.stringContaining('at least Java version 11') as string });
    // A PATH on which the script finds its tools, and no java.
    const tools = path.join(root, 'tools');
    mkdirSync(tools);
    for (const tool of ['dirname', 'sed', 'head', 'cut', 'grep', 'ls']) {
      writeFileSync(path.join(tools, tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`);
      chmodSync(path.join(tools, tool), 0o755);
    }
    expect(run({ PATH: tools })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Java Runtime Environment') as string,
    });
  });
});

describe('the stand-in for java', () => {
  it('answers -version on standard error, and hands properties and arguments over', () => {
    const file = path.join(root, 'java');
    writeFileSync(file, javaStandIn(process.execPath), { mode: 0o755 });
    const version = spawnSync(file, ['-version'], { encoding: 'utf8' });
    expect(version).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^openjdk version "17/) as string,
    });
    const program = path.join(root, 'program.jar');
    writeFileSync(program, 'console.log(JSON.stringify([process.env.HIVEMQ_SIM_PROPERTIES, process.argv.slice(2)]))');
    const run = spawnSync(file, ['-Xmx1g', '-Da=b c', '-XX:+X', '-Dd=e', '-jar', program, 'x y', '-z'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(run.stdout)).toEqual(['a=b c\nd=e\n', ['x y', '-z']]);
    expect(spawnSync(file, ['Main'], { encoding: 'utf8' }).status).toBe(1);
  });
});

it('the recovery tool is a zip with a script in bin', async () => {
  await unzip((await buildRecoveryTool({ outFile: path.join(root, 't.zip') })).file, root);
  expect(readFileSync(path.join(root, 'hivemq-recovery-tool', 'bin', 'hivemq-recovery-tool'), 'utf8')).toContain(
    'exec java -jar',
  );
});
