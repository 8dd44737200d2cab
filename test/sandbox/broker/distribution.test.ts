import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buildDistribution,
  buildExtension,
  buildRecoveryTool,
  javaStandIn,
} from '../../../src/sandbox/distribution/index.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';

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

describe('the stand-in for java with an argument file', () => {
  const run = (args: string[], env: Record<string, string> = {}) => {
    const java = path.join(root, 'java');
    writeFileSync(java, javaStandIn(process.execPath), { mode: 0o755 });
    const program = path.join(root, 'program.jar');
    writeFileSync(program, 'console.log(JSON.stringify([process.env.HIVEMQ_SIM_PROPERTIES, process.argv.slice(2)]))');
    return spawnSync(
      java,
      args.map((one) => one.replace('ROOT', root)),
      { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', ...env } },
    );
  };
  beforeEach(() => {
    writeFileSync(
      path.join(root, 'options'),
      `-Da=b\n-Dc="d e" # comment\n# -Dno=no\n-Xmx64m\n"-Df=\\"q\\" \\\\ x" -Dg='*'\n`,
    );
  });

  // What is expected was executed with OpenJDK 17.
  it('takes it apart as the launcher does, and only before the program', () => {
    const { stdout } = run(['@ROOT/options', '-Dh=@i', '-jar', 'ROOT/program.jar', '@ROOT/options', 'y *']);
    expect(JSON.parse(stdout)).toEqual(['a=b\nc=d e\nf="q" \\ x\ng=*\nh=@i\n', [`@${root}/options`, 'y *']]);
  });

  it('takes JDK_JAVA_OPTIONS first', () => {
    const { stdout, stderr } = run(['-Dz=1', '-jar', 'ROOT/program.jar'], { JDK_JAVA_OPTIONS: '-Dx="y z" -Dk=1' });
    expect(JSON.parse(stdout)).toEqual(['x=y z\nk=1\nz=1\n', []]);
    expect(stderr).toContain('NOTE: Picked up JDK_JAVA_OPTIONS: -Dx="y z" -Dk=1');
  });

  it('ends with 1 when it is not there', () => {
    expect(run(['@ROOT/nowhere', '-version'])).toMatchObject({
      status: 1,
      stderr: `Error: could not open \`${root}/nowhere'\n`,
    });
  });
});

describe('the zip of an extension', () => {
  it.each([
    ['hivemq-s3-cluster-discovery-extension', '4.3.13', 'conf/config.properties', 's3-bucket-region:us-east-1'],
    ['hivemq-dns-cluster-discovery', '4.4.7', 'conf/config.properties', 'reloadInterval=30'],
    ['hivemq-prometheus-extension', '4.1.1', 'conf/config.properties', 'port=9399'],
    ['hivemq-file-rbac-extension', '4.6.16', 'conf/config.xml', '<password-type>HASHED</password-type>'],
    ['hello-extension', '1.0.0', 'conf/config.properties', 'greeting=hello'],
  ])("of %s has the vendor's layout", async (id, version, file, line) => {
    const first = await buildExtension(id, version, path.join(root, 'a.zip'));
    const again = await buildExtension(id, version, path.join(root, 'b.zip'));
    expect(again.sha256).toBe(first.sha256);
    await unzip(first.file, root);
    expect(readFileSync(path.join(root, id, 'hivemq-extension.xml'), 'utf8')).toContain(`<id>${id}</id>`);
    expect(readFileSync(path.join(root, id, file), 'utf8')).toContain(line);
    expect(existsSync(path.join(root, id, `${id}-${version}.jar`))).toBe(true);
  });

  it('has an id that can be a folder', async () => {
    await expect(buildExtension('../x', '1', path.join(root, 'a.zip'))).rejects.toThrow('no id');
  });
});

it('the recovery tool is a zip with a script in bin', async () => {
  await unzip((await buildRecoveryTool({ outFile: path.join(root, 't.zip') })).file, root);
  expect(readFileSync(path.join(root, 'hivemq-recovery-tool', 'bin', 'hivemq-recovery-tool'), 'utf8')).toContain(
    'exec java -jar',
  );
});
