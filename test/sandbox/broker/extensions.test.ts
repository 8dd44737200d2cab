import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Extensions } from '../../../src/sandbox/broker/extensions.js';
import { Log, LogSink } from '../../../src/sandbox/broker/log.js';
import { buildExtension, type ExtensionOptions } from '../../../src/sandbox/distribution/index.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';
import { until } from '../../support/until.js';

const id = 'hello-extension';

describe('the extensions of the simulated broker', () => {
  let root: string;
  let folder: string;
  let extensions: Extensions;
  const lines = (): string[] =>
    readFileSync(path.join(root, 'hivemq.log'), { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .map((line) => line.slice(line.indexOf('- ') + 2));
  const said = (text: string): boolean => lines().some((line) => line.includes(text));
  const count = (text: string): number => lines().filter((line) => line.includes(text)).length;
  const states = (): Record<string, boolean> =>
    Object.fromEntries(extensions.all.map(({ id: name, enabled }) => [name, enabled]));
  /** Takes the place of an older one in one step, as a careful hand does. */
  const install = async (version = '1.0.0', options: ExtensionOptions = {}, name = id): Promise<void> => {
    const zip = await buildExtension(name, version, path.join(root, `${name}.zip`), options);
    await unzip(zip.file, path.join(root, 'new'));
    mkdirSync(path.join(root, 'old'), { recursive: true });
    const target = path.join(folder, name);
    if (existsSync(target)) renameSync(target, path.join(root, 'old', `${name}-${Math.random()}`));
    renameSync(path.join(root, 'new', name), target);
  };
  const disabled = (name = id): string => path.join(folder, name, 'DISABLED');

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'hivekeeper-extensions-'));
    folder = path.join(root, 'extensions');
    mkdirSync(folder);
    const log = new Log(
      new LogSink({ folder: root, configFolder: root, properties: new Map(), env: { HIVEMQ_SIM_LOGBACK_SCAN: '20' } }),
    );
    extensions = new Extensions(folder, log, undefined, 10);
  });
  afterEach(() => {
    extensions.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it('start when they come, stop when they are disabled, start when they are enabled, stop when they go', async () => {
    extensions.start();
    await install();
    await until(() => said(`Extension "${id}" version 1.0.0 started successfully.`));
    writeFileSync(disabled(), '');
    await until(() => said(`Extension "${id}" version 1.0.0 stopped successfully.`));
    expect(states()).toEqual({ [id]: false });
    rmSync(disabled());
    await until(() => count('started successfully') === 2);
    rmSync(path.join(folder, id), { recursive: true });
    await until(() => count('stopped successfully') === 2);
    expect(states()).toEqual({});
  });

  it('that are replaced stop in the old version and start in the new', async () => {
    await install();
    extensions.start();
    await install('1.1.0');
    await until(() => said('version 1.1.0 started'));
    expect(lines().filter((line) => line.startsWith('Extension'))).toEqual([
      `Extension "${id}" version 1.0.0 started successfully.`,
      `Extension "${id}" version 1.0.0 stopped successfully.`,
      `Extension "${id}" version 1.1.0 started successfully.`,
    ]);
  });

  it.each([
    ['throws', `Extension with id "${id}" cannot be started because of an uncaught exception thrown by the extension.`],
    ['prevented', `Startup of extension with id "${id}" was prevented by the extension itself, reason: made to fail.`],
    ['class-loading', `No implementation of the interface ExtensionMain found in the extension with id "${id}".`],
  ] as const)(
    'that fail (%s) are said to, are switched off, and are tried again when they are replaced',
    async (fails, line) => {
      extensions.start();
      await install('1.0.0', { fails });
      await until(() => said(line));
      expect(states()).toEqual({ [id]: false });
      expect(existsSync(disabled())).toBe(true);
      await install('1.0.1');
      await until(() => said('version 1.0.1 started successfully.'));
      expect(count(line)).toBe(1);
      expect(count('stopped successfully')).toBe(0);
    },
  );

  it('that cannot be reloaded are as they were until the broker itself ends', async () => {
    await install('1.0.0', { hotReload: false });
    await install('1.0.0', {}, 'other-extension');
    extensions.start();
    await install('2.0.0', { hotReload: false });
    writeFileSync(disabled('other-extension'), '');
    await until(() => said('Extension "other-extension" version 1.0.0 stopped'));
    rmSync(path.join(folder, id), { recursive: true });
    await install('1.0.0', { hotReload: false }, 'late-extension');
    rmSync(disabled('other-extension'));
    await until(() => count('Extension "other-extension" version 1.0.0 started') === 2);
    expect(states()).toEqual({ [id]: true, 'other-extension': true, 'late-extension': false });
    expect(said(`"${id}" version 1.0.0 stopped`)).toBe(false);
    extensions.stop();
    expect(said(`"${id}" version 1.0.0 stopped`)).toBe(true);
    extensions.start();
    expect(states()).toEqual({ 'other-extension': true, 'late-extension': true });
  });

  it('with another id inside, or without a description, are none', async () => {
    await install('1.0.0', { xmlId: 'else' });
    await install('1.0.0', { withoutXml: true, files: { 'conf/a.txt': 'a' } }, 'bare-extension');
    extensions.start();
    expect(states()).toEqual({});
    const where = path.join(folder, id);
    expect(
      said(`Found extension directory name not matching to id, ignoring extension with id "else" at ${where}`),
    ).toBe(true);
    expect(readFileSync(path.join(folder, 'bare-extension/conf/a.txt'), 'utf8')).toBe('a');
  });
});
