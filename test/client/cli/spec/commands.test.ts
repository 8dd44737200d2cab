import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../../../../src/client/cli/commands/index.js';
import { exitCodeMeanings, exitCodeOf, exitCodes } from '../../../../src/client/cli/exit-codes.js';
import { clusterYaml } from './cluster.js';
import { openDesk, type Desk } from './run-cli.js';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
  desk.write('cluster.yaml', clusterYaml);
});
afterEach(() => desk.clear());

describe('the program', () => {
  it('prints its version', async () => {
    const version = z.object({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8'))).version;
    expect(await desk.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('explains itself, every command and every exit code', async () => {
    const { code, stdout } = await desk.run('--help');
    expect(code).toBe(0);
    for (const name of ['schema', 'validate', 'render']) expect(stdout).toContain(`  ${name} `);
    for (const [number, meaning] of Object.entries(exitCodeMeanings))
      expect(stdout).toContain(`  ${number.padEnd(3)}  ${meaning}`);
    expect(Object.keys(exitCodeMeanings).map(Number)).toEqual(Object.values(exitCodes));
    expect(commands.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [['valdate', 'x'], /unknown command 'valdate'\n\(Did you mean validate\?\)/],
    [['validate'], /missing required argument 'file'/],
    [['render', 'cluster.yaml'], /required option '--out <folder>' not specified/],
    [['validate', 'cluster.yaml', '--jason'], /unknown option '--jason'\n\(Did you mean --json\?\)/],
    [['schema', '--product', 'mosquito'], /Allowed choices are hivemq/],
    [[], /Usage: hivekeeper/],
  ])('answers %j with what is wrong and exit code 2', async (args, expected) => {
    const { code, stdout, stderr } = await desk.run(...args);
    expect(code).toBe(exitCodes.usage);
    expect(stdout).toBe('');
    expect(stderr).toMatch(expected);
  });

  it('has an exit code for each kind of error', () => {
    expect(exitCodeOf('InvalidInput')).toBe(exitCodes.usage);
    expect(exitCodeOf('HostUnreachable')).toBe(exitCodes.unreachable);
    expect(exitCodeOf('CheckFailed')).toBe(exitCodes.refused);
    expect(exitCodeOf('RestoreFailed')).toBe(exitCodes.failed);
  });
});

describe('schema', () => {
  it('prints a JSON Schema', async () => {
    const { code, stdout } = await desk.run('schema');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Hivekeeper cluster spec, hivemq',
      type: 'object',
      properties: { cluster: { properties: { replicaCount: { default: 2, minimum: 1 } } } },
    });
  });
});

describe('validate', () => {
  it('says that a spec is valid, and what it is of', async () => {
    expect(await desk.run('validate', 'cluster.yaml')).toEqual({
      code: 0,
      stdout: 'cluster.yaml is valid: cluster prod, 2 nodes on 3 hosts, hivemq 4.30.0\n',
      stderr: '',
    });
  });

  it('warns on stderr', async () => {
    desk.write('cluster.yaml', clusterYaml.replace('healthApi: { enabled: true }', ''));
    const { code, stderr } = await desk.run('validate', 'cluster.yaml');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^cluster\.yaml: warning: healthApi\.enabled: without the health API/);
  });

  it('prints one line for each problem, which editors can follow', async () => {
    desk.write('cluster.yaml', clusterYaml.replace('nodes: 2', 'nodes: 4'));
    expect(await desk.run('validate', 'cluster.yaml')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'cluster.yaml:13:1: nodes: 4 nodes are asked for, and 3 hosts have the role node\n',
    });
  });

  it('prints JSON for programs', async () => {
    const valid = await desk.run('validate', 'cluster.yaml', '--json');
    expect(JSON.parse(valid.stdout)).toEqual({ valid: true, issues: [], warnings: [] });
    desk.write('cluster.yaml', clusterYaml.replace('nodes: 2', 'nodes: 2\nhots: []'));
    const invalid = await desk.run('validate', 'cluster.yaml', '--json');
    expect(invalid.code).toBe(2);
    expect(JSON.parse(invalid.stdout)).toEqual({
      valid: false,
      issues: [{ path: ['hots'], message: 'unknown key "hots"', hint: 'hosts', line: 14, column: 1 }],
      warnings: [],
    });
  });
});

describe('render', () => {
  const modeOf = (path: string) => (statSync(join(desk.folder, path)).mode & 0o777).toString(8);
  const read = (path: string) => readFileSync(join(desk.folder, path), 'utf8');

  it('writes a folder for each node of a first deployment', async () => {
    const { code, stdout } = await desk.run('render', 'cluster.yaml', '--out', 'out');
    expect(code).toBe(0);
    const files =
      'conf/config.xml, conf/logback.xml, conf/hivekeeper.env, .hivekeeper/start-guard, systemd/hivekeeper-prod.service, sudoers/hivekeeper-prod';
    expect(stdout).toBe(`out/n1: ${files}\nout/n2: ${files}\n`);
    expect(read('out/n2/conf/config.xml')).toContain('<bind-address>10.0.0.12</bind-address>');
    expect(modeOf('out/n1/conf/config.xml')).toBe('640');
    expect(modeOf('out/n1/sudoers/hivekeeper-prod')).toBe('440');
  });

  it('can be done again', async () => {
    await desk.run('render', 'cluster.yaml', '--out', 'out');
    expect((await desk.run('render', 'cluster.yaml', '--out', 'out')).code).toBe(0);
  });

  it('renders one host, a spare as a member beside the others', async () => {
    const { code, stdout } = await desk.run('render', 'cluster.yaml', '--out', 'out', '--node', 'n3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^out\/n3: [^\n]*\n$/);
    expect(read('out/n3/conf/config.xml').match(/<host>/g)).toHaveLength(3);
  });

  it('names the hosts when there is none of that name', async () => {
    expect(await desk.run('render', 'cluster.yaml', '--out', 'out', '--node', 'n9')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'hivekeeper: no host with the role node is named n9; there are n1, n2, n3\n',
    });
  });
});
