import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStat } from '../../../src/sandbox/hosts/proc.js';
import { type S3Server, type S3ServerOptions, startS3Server } from '../../../src/sandbox/services/index.js';
import { mustSkip } from '../../support/requirements.js';
import { s3Requirement } from '../../support/service-requirements.js';
import { until } from '../../support/until.js';

const versitygw = await s3Requirement();
const keys = { accessKeyId: 'stage-access', secretAccessKey: 'stage-secret' };

describe.skipIf(mustSkip(versitygw))('the S3 server', () => {
  async function start(options: Partial<S3ServerOptions> = {}): Promise<S3Server> {
    const server = await startS3Server({ program: versitygw.program, ...keys, ...options });
    onTestFinished(() => server.stop());
    return server;
  }
  const clientOf = ({ endpoint, region }: S3Server, credentials = keys): S3Client => {
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    return client;
  };

  it('keeps objects as files of its own folder, at an address and a region of our choice', async () => {
    const server = await start({ address: '127.0.0.9', region: 'eu-central-1' });
    await server.makeBucket('hivemq');
    const client = clientOf(server);
    await client.send(new PutObjectCommand({ Bucket: 'hivemq', Key: 'nodes/a', Body: 'announced' }));
    const got = await client.send(new GetObjectCommand({ Bucket: 'hivemq', Key: 'nodes/a' }));
    expect(await got.Body?.transformToString()).toBe('announced');
    expect(await readFile(path.join(server.folder, 'hivemq', 'nodes', 'a'), 'utf8')).toBe('announced');
  });

  it('refuses other keys, and accounts to whom nothing belongs', async () => {
    const server = await start();
    await server.makeBucket('hivemq');
    const list = new ListObjectsV2Command({ Bucket: 'hivemq' });
    await expect(clientOf(server, { ...keys, secretAccessKey: 'other' }).send(list)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    const stranger = { accessKeyId: 'stranger', secretAccessKey: 'stranger-secret' };
    await expect(clientOf(server, stranger).send(list)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await server.addStranger(stranger.accessKeyId, stranger.secretAccessKey);
    await expect(clientOf(server, stranger).send(list)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('shows no key on its command line', async () => {
    const server = await start();
    const commandLine = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    expect(commandLine).toContain('posix');
    expect(commandLine).not.toContain(keys.secretAccessKey);
  });

  it('is gone after it was stopped, its folder too', async () => {
    const server = await start();
    await server.stop();
    expect(readStat(server.pid)).toBeUndefined();
    expect(existsSync(server.folder)).toBe(false);
  });

  it('ends with the process that started it, even by SIGKILL', async () => {
    const { outputFiles } = await build({
      entryPoints: [new URL('../../../src/sandbox/services/index.ts', import.meta.url).pathname],
      ...{ bundle: true, packages: 'external', format: 'esm', platform: 'node', write: false },
    });
    const options = JSON.stringify({ program: versitygw.program, ...keys });
    const owner = `const server = await startS3Server(${options});
      console.log(JSON.stringify([server.pid, server.folder])); setInterval(() => 0, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', `${outputFiles[0]!.text}\n${owner}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    const [pid, folder] = JSON.parse(first.toString()) as [number, string];
    onTestFinished(() => rm(path.dirname(folder), { recursive: true, force: true }));
    expect(readStat(pid)?.parent).toBe(child.pid);
    child.kill('SIGKILL');
    await until(() => readStat(pid) === undefined);
  });

  it('names what it said when it cannot start', async () => {
    const first = await start();
    await expect(start({ port: first.port })).rejects.toThrow(/The S3 server on .* ended at its start/);
  });
});
