import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { afterAll, describe, expect, it } from 'vitest';
import { operationInput } from '../../../../src/client/cli/commands/operations/operation-input.js';
import { operationDefinition, type OperationType } from '../../../../src/domain/operations/index.js';
import { bareProgram } from '../../../docs/bare-program.js';

const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-given-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const io = { stdout: process.stdout, stderr: process.stderr, isTTY: false, env: {}, cwd: folder };
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const hash = 'c0'.repeat(32);

/** The input that a command line makes of these words. */
async function inputOf(type: OperationType, ...words: string[]): Promise<Record<string, unknown>> {
  let reached: CommandUnknownOpts | undefined;
  const { command } = operationDefinition(type).cli;
  await bareProgram((one) => (reached = one)).parseAsync([command, ...words], { from: 'user' });
  if (reached === undefined) throw new Error(`${command} was not reached`);
  return operationInput(operationDefinition(type), reached, io);
}

const stored = (content: string): string => join(folder, 'data', 'content', 'sha256', sha256(content));

describe('a content on the command line', () => {
  it('is a file, which is brought to the worker', async () => {
    writeFileSync(join(folder, 'a.zip'), 'an archive');
    expect(await inputOf('addExtension', 'prod', 'acme', '--file', 'a.zip', '--data', 'data')).toEqual({
      cluster: 'prod',
      id: 'acme',
      content: { stored: sha256('an archive'), name: 'a.zip', bytes: 10 },
    });
  });

  it('is a file in base64, whose content is brought to the worker', async () => {
    writeFileSync(join(folder, 'prod.lic.b64'), 'bGlj\nZW5z\r\nZQ==\n');
    expect(await inputOf('addLicense', 'prod', 'prod.lic', '--base64-file', 'prod.lic.b64', '--data', 'data')).toEqual({
      cluster: 'prod',
      name: 'prod.lic',
      content: { stored: sha256('license'), name: 'prod.lic', bytes: 7 },
    });
    writeFileSync(join(folder, 'plain.lic'), 'A license as it is.');
    const plain = inputOf('addLicense', 'prod', 'prod.lic', '--base64-file', 'plain.lic', '--data', 'data');
    await expect(plain).rejects.toThrow(/--base64-file: .*plain\.lic holds no base64.*goes with --file/);
    const none = inputOf('addLicense', 'prod', 'prod.lic', '--base64-file', 'none.lic', '--data', 'data');
    await expect(none).rejects.toThrow(/--base64-file: .*none\.lic cannot be read/);
  });

  it('is named, and not kept, in a dry run', async () => {
    writeFileSync(join(folder, 'dry.b64'), 'ZHJ5');
    const { content } = await inputOf(
      'addLicense',
      'prod',
      'a.lic',
      '--base64-file',
      'dry.b64',
      '--data',
      'dry',
      '--dry-run',
    );
    expect(content).toEqual({ stored: sha256('dry'), name: 'dry', bytes: 3 });
    expect(existsSync(join(folder, 'dry', 'content', 'sha256'))).toBe(false);
    expect(existsSync(stored('dry'))).toBe(false);
  });

  it('is a download, whose headers are references', async () => {
    const headers = ['--header', 'Authorization=env:TOKEN', '--header', 'X-Key=file:/run/key'] as const;
    const download = ['--url', 'https://a.example/a.zip', '--sha256', hash, '--fetch', 'worker', ...headers] as const;
    expect(await inputOf('addExtension', 'prod', 'acme', ...download)).toEqual({
      cluster: 'prod',
      id: 'acme',
      content: {
        url: 'https://a.example/a.zip',
        sha256: hash,
        fetch: 'worker',
        headers: { Authorization: { env: 'TOKEN' }, 'X-Key': { file: '/run/key' } },
      },
    });
    for (const bad of ['Authorization', '=env:TOKEN', 'Authorization=secret'])
      await expect(inputOf('addExtension', 'prod', 'acme', ...download, '--header', bad)).rejects.toThrow(/It needs/);
  });

  it('is one of them', async () => {
    const both = inputOf('addExtension', 'prod', 'acme', '--file', 'a.zip', '--url', 'https://a.example/a.zip');
    await expect(both).rejects.toThrow('--file does not go with --url: give one of them');
    const twice = inputOf('addExtension', 'prod', 'acme', '--file', 'a.zip', '--base64-file', 'a.zip');
    await expect(twice).rejects.toThrow('--file does not go with --base64-file');
  });
});

describe('what is switched off on the command line', () => {
  const download = ['--url', 'https://a.example/a.zip', '--sha256', hash] as const;

  it('is left to the operation unless it is said', async () => {
    expect(Object.keys(await inputOf('addExtension', 'prod', 'acme', ...download))).toEqual([
      'cluster',
      'id',
      'content',
    ]);
  });

  it('is false where it is said', async () => {
    expect(await inputOf('addExtension', 'prod', 'acme', ...download, '--disabled')).toMatchObject({ enabled: false });
    const cold = await inputOf('addExtension', 'prod', 'acme', ...download, '--no-hot-reload');
    expect(cold).toMatchObject({ supportsHotReload: false });
    expect(cold).not.toHaveProperty('enabled');
  });
});
