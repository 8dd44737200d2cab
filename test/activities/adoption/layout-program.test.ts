import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutProgram } from '../../../src/activities/steps/adoption/layout-program.js';

/** What lies in a home that somebody made by unpacking a package; `mine` and `keys.jks` are somebody's own. */
const files: Readonly<Record<string, string>> = {
  'bin/run.sh': '#!/bin/sh\n',
  'bin/hivemq.jar': 'jar',
  'tools/swarm/bin/swarm': 'swarm',
  'third-party-licenses/list': 'list',
  'README.txt': 'read me',
  'conf/config.xml': '<hivemq/>\n',
  'conf/logback.xml': '<configuration/>\n',
  'data/persistence/p1': 'queued',
  'data/cluster-backup/p1': 'before',
  'extensions/hivemq-allow-all-extension/hivemq-extension.xml': '<hivemq-extension/>\n',
  'license/prod.lic': 'license',
  'log/hivemq.log': 'Started HiveMQ in 10ms\n',
  'mine/script.sh': 'mine',
  'keys.jks': 'keys',
  '.hivekeeper/node.json': '{}',
};
const stays = /^(conf|data|extensions|license|log|mine|keys\.jks|\.hivekeeper\/node\.json)/;
const programs = ['mkdir', 'cp', 'mv', 'ln', 'sync'];

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-layout-'));
  mkdirSync(path.join(folder, 'hivemq-4.29.0'));
  // As many have it: the home is a link to the folder of the version.
  home = path.join(folder, 'hivemq');
  symlinkSync('hivemq-4.29.0', home);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), text);
  }
  chmodSync(path.join(home, 'bin/run.sh'), 0o755);
  return () => rmSync(folder, { recursive: true, force: true });
});

/** @param before defined before the program, in the same shell */
const run = (before = '') =>
  spawnSync('sh', ['-s', '--', home, 'hivemq-4.29.0'], { input: before + layoutProgram, encoding: 'utf8' });

/** Every file below the home with its text, links as what they name. */
function tree(at = '', found: Record<string, string> = {}): Record<string, string> {
  for (const name of readdirSync(path.join(home, at))) {
    const below = path.join(at, name);
    const stat = lstatSync(path.join(home, below));
    if (stat.isSymbolicLink()) found[below] = `-> ${readlinkSync(path.join(home, below))}`;
    else if (stat.isDirectory()) tree(below, found);
    else found[below] = readFileSync(path.join(home, below), 'utf8');
  }
  return found;
}

const inOrder = (): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(files).map(([name, text]) => [stays.test(name) ? name : `packages/hivemq-4.29.0/${name}`, text]),
  ),
  'packages/hivemq-4.29.0/mine': '-> ../../mine',
  'packages/hivemq-4.29.0/keys.jks': '-> ../../keys.jks',
  'packages/hivemq-4.29.0/.hivekeeper-adopted': '',
  '.hivekeeper/adopted/conf/config.xml': '<hivemq/>\n',
  '.hivekeeper/adopted/conf/logback.xml': '<configuration/>\n',
});

/** The programs as functions of the shell, which ends at the call with this number, before it does anything or after it. */
function cutAt(call: number, when: 'before' | 'after'): string {
  const functions = programs.map((name) => {
    // The disk of this machine has nothing to do with it, and is slow.
    const real = name === 'sync' ? ':' : `command ${name} "$@"`;
    const cut = when === 'before' ? 'kill -9 $$' : `${real}; kill -9 $$`;
    return `${name}() { calls=$((calls + 1)); if [ "$calls" -eq ${call} ]; then ${cut}; else ${real}; fi; }\n`;
  });
  return `calls=0\n${functions.join('')}`;
}

describe('bringing the folders of an adopted node in order', () => {
  afterEach(() => expect(readFileSync(path.join(folder, 'hivemq-4.29.0/data/persistence/p1'), 'utf8')).toBe('queued'));

  it('moves the package and leaves everything that outlives it', () => {
    const data = lstatSync(path.join(home, 'data/persistence/p1'));
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(tree()).toEqual(inOrder());
    expect(lstatSync(path.join(home, 'data/persistence/p1')).ino).toBe(data.ino);
    expect(lstatSync(path.join(home, 'packages/hivemq-4.29.0/bin/run.sh')).mode & 0o777).toBe(0o755);
  });

  it('changes nothing the second time, whatever the settings are by then', () => {
    run();
    writeFileSync(path.join(home, 'conf/config.xml'), '<hivemq><!-- rendered --></hivemq>\n');
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(tree()).toEqual({ ...inOrder(), 'conf/config.xml': '<hivemq><!-- rendered --></hivemq>\n' });
  });

  it('is gone on with after it was cut off before or after any of its commands', () => {
    const { stdout } = spawnSync('sh', ['-s', '--', home, 'hivemq-4.29.0'], {
      input: `${cutAt(0, 'before')}${layoutProgram}\necho "$calls"`,
      encoding: 'utf8',
    });
    const calls = Number(stdout);
    expect(calls).toBeGreaterThan(10);
    for (let call = 1; call <= calls; call++) {
      for (const when of ['before', 'after'] as const) {
        rmSync(path.join(folder, 'hivemq-4.29.0'), { recursive: true });
        mkdirSync(path.join(folder, 'hivemq-4.29.0'));
        for (const [name, text] of Object.entries(files)) {
          mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
          writeFileSync(path.join(home, name), text);
        }
        expect(run(cutAt(call, when)).signal, `${when} call ${call}`).toBe('SIGKILL');
        expect(run(cutAt(0, when)), `${when} call ${call}`).toMatchObject({ status: 0, stderr: '' });
        expect(tree(), `${when} call ${call}`).toEqual(inOrder());
      }
    }
  });

  it('uses the same version from an archive where that is installed, and keeps what was there', () => {
    mkdirSync(path.join(home, 'packages/hivemq-4.29.0/bin'), { recursive: true });
    writeFileSync(path.join(home, 'packages/hivemq-4.29.0/bin/run.sh'), 'of the archive');
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    const found = tree();
    expect(found['packages/hivemq-4.29.0/bin/run.sh']).toBe('of the archive');
    expect(found['.hivekeeper/adopted/package/bin/hivemq.jar']).toBe('jar');
    expect(existsSync(path.join(home, 'bin'))).toBe(false);
  });

  it('leaves another version that is installed beside it alone', () => {
    mkdirSync(path.join(home, 'packages/hivemq-4.30.0/bin'), { recursive: true });
    writeFileSync(path.join(home, 'packages/hivemq-4.30.0/bin/run.sh'), 'next');
    expect(run().status).toBe(0);
    expect(tree()).toEqual({ ...inOrder(), 'packages/hivemq-4.30.0/bin/run.sh': 'next' });
  });

  it('says what is missing where there is no package', () => {
    renameSync(path.join(home, 'bin'), path.join(folder, 'away'));
    const { status, stderr } = run();
    expect(status).toBe(3);
    expect(stderr).toContain('bin/run.sh is not there');
  });
});
