import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStat } from '../../../src/sandbox/hosts/proc.js';
import { claimRange } from '../../../src/sandbox/stage/index.js';

describe('claiming a range of addresses', () => {
  let folder: string;
  const prefer = '127.78.1';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-claims-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lock = (owner: unknown): Promise<void> => writeFile(path.join(folder, `${prefer}.lock`), JSON.stringify(owner));

  it('takes the preferred one, and another when that is taken', async () => {
    const first = await claimRange({ folder, prefer });
    const second = await claimRange({ folder, prefer });
    expect(first.prefix).toBe(prefer);
    expect(second.prefix).not.toBe(prefer);
    await first.release();
    expect((await claimRange({ folder, prefer })).prefix).toBe(prefer);
  });

  it('never gives a range to two', async () => {
    const claims = await Promise.all(Array.from({ length: 30 }, () => claimRange({ folder, prefer })));
    expect(new Set(claims.map(({ prefix }) => prefix)).size).toBe(30);
  });

  it('breaks the lock of a process that is gone, and gives it to one only', async () => {
    const child = spawn('true');
    const pid = child.pid!;
    await once(child, 'exit');
    await lock({ pid, startTime: '1' });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimRange({ folder, prefer })));
    expect(claims.filter((claim) => claim.prefix === prefer).length).toBeLessThanOrEqual(1);
    expect(new Set(claims.map((claim) => claim.prefix)).size).toBe(8);
    await Promise.all(claims.map((claim) => claim.release()));
    expect((await claimRange({ folder, prefer })).prefix).toBe(prefer);
  });

  it('breaks the lock of a process whose number went to another one', async () => {
    await lock({ pid: process.pid, startTime: 'another' });
    expect((await claimRange({ folder, prefer })).prefix).toBe(prefer);
  });

  it('respects the lock of a live process', async () => {
    const child = spawn('sleep', ['60']);
    try {
      await once(child, 'spawn');
      await lock({ pid: child.pid, startTime: readStat(child.pid!)?.startTime });
      expect((await claimRange({ folder, prefer })).prefix).not.toBe(prefer);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('gets over a breaker that was killed halfway', async () => {
    await lock({ pid: process.pid, startTime: 'another' });
    const guard = path.join(folder, `${prefer}.lock.breaking`);
    await writeFile(guard, '1');
    await utimes(guard, 1, 1);
    await claimRange({ folder, prefer });
    expect((await claimRange({ folder, prefer })).prefix).toBe(prefer);
  });

  it('passes over addresses that somebody uses without a claim', async () => {
    const server = createServer().listen(2222, `${prefer}.11`);
    await once(server, 'listening');
    expect((await claimRange({ folder, prefer })).prefix).not.toBe(prefer);
    server.close();
  });

  it('leaves nothing behind', async () => {
    await (await claimRange({ folder, prefer })).release();
    expect(await readdir(folder)).toEqual([]);
  });
});
