import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { startTemporalServer, type TemporalServer } from '../../../src/worker/temporal-server/index.js';
import { serverArguments } from '../../../src/worker/temporal-server/arguments.js';
import { endWithThisProcess } from '../../../src/worker/temporal-server/watchdog.js';

const program = inject('temporalProgram');
const searchAttributes = { HivekeeperCluster: 'Keyword' } as const;
const cluster = defineSearchAttributeKey('HivekeeperCluster', 'KEYWORD');

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the private Temporal server', () => {
  let folder: string;
  const running: TemporalServer[] = [];
  const start = async (options: Partial<Parameters<typeof startTemporalServer>[0]> = {}): Promise<TemporalServer> => {
    const server = await startTemporalServer({ program, searchAttributes, ...options });
    running.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-temporal-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('takes a workflow with the search attribute as soon as it counts as ready, and serves the UI', async () => {
    const server = await start();
    const connection = await Connection.connect({ address: server.address });
    try {
      const client = new Client({ connection });
      await client.workflow.start('anything', {
        taskQueue: 'nobody',
        workflowId: 'one',
        typedSearchAttributes: [{ key: cluster, value: 'prod' }],
      });
    } finally {
      await connection.close();
    }
    expect((await fetch(server.uiUrl)).status).toBe(200);
  });

  it('keeps what it knows in the file, and ends when it is told to', async () => {
    const dbFile = path.join(folder, 'deep', 'temporal.db');
    const first = await start({ dbFile });
    const before = await Connection.connect({ address: first.address });
    await new Client({ connection: before }).workflow.start('anything', { taskQueue: 'nobody', workflowId: 'kept' });
    await before.close();
    await first.stop();
    expect(isThere(first.pid)).toBe(false);

    const second = await start({ dbFile });
    const after = await Connection.connect({ address: second.address });
    try {
      const described = await new Client({ connection: after }).workflow.getHandle('kept').describe();
      expect(described.status.name).toBe('RUNNING');
    } finally {
      await after.close();
    }
  });

  it('says why when the program ends at its start', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const bound = holder.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    try {
      await expect(start({ port: bound.port, uiPort: bound.port + 1 })).rejects.toThrow(/ended at its start: .*/s);
    } finally {
      holder.close();
    }
  });

  it('gives up on a server that never answers, and ends it', async () => {
    const mute = path.join(folder, 'mute');
    await writeFile(mute, `#!/bin/sh\necho $$ > ${folder}/pid\nexec sleep 600\n`, { mode: 0o755 });
    await expect(start({ program: mute, readyWithinMs: 500 })).rejects.toThrow(
      /did not answer on 127\.0\.0\.1:\d+ in 500 ms/,
    );
    expect(isThere(Number(await readFile(path.join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  it('raises the polling limits that make every activity wait', () => {
    const args = serverArguments({ ip: '127.0.0.1', port: 1, uiPort: 2, namespace: 'default', searchAttributes });
    for (const queue of ['transfer', 'timer', 'visibility', 'outbound']) {
      expect(args).toContain(`history.${queue}ProcessorMaxPollRPS=1000000`);
    }
  });
});

describe('the watchdog', () => {
  it('ends what it watches over when its owner is killed', async () => {
    const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
    const gone = once(sleeper, 'exit');
    const module = new URL('../../../src/worker/temporal-server/watchdog.ts', import.meta.url);
    // An owner of its own is needed, because killing this process would end the test.
    const { build } = await import('esbuild');
    const built = await build({
      entryPoints: [module.pathname],
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const code = `${built.outputFiles[0]!.text}\nendWithThisProcess(${sleeper.pid});console.log('on');setTimeout(()=>{},60000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    owner.kill('SIGKILL');
    const [, signal] = (await gone) as [number | null, string | null];
    expect(signal).toBe('SIGTERM');
  });

  it('does nothing once it is called off', async () => {
    const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
    const gone = once(sleeper, 'exit');
    endWithThisProcess(sleeper.pid!)();
    await sleep(300);
    expect(sleeper.exitCode ?? sleeper.signalCode).toBeNull();
    sleeper.kill('SIGKILL');
    await gone;
  });
});
