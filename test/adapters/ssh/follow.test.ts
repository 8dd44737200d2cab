import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteHost } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { opensshMissing, startOpenSsh, type OpenSsh } from '../support/openssh.js';

describe.skipIf(opensshMissing !== null)('following a file over OpenSSH', () => {
  let sshd: OpenSsh;
  let pool: SshHostPool;
  let host: RemoteHost;
  let folder: string;
  let log: string;

  beforeAll(async () => {
    sshd = await startOpenSsh();
    pool = new SshHostPool();
    host = await pool.connect(sshd.target);
  });
  afterAll(async () => {
    await pool.close();
    await sshd.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-follow-'));
    log = join(folder, 'hivemq.log');
    return () => rmSync(folder, { recursive: true, force: true });
  });

  /** Follows until a line `END` and returns what was seen. */
  function followToEnd(from: number, path = log): { lines: [string, number][]; done: Promise<number> } {
    const lines: [string, number][] = [];
    const done = host.follow(path, {
      from,
      signal: AbortSignal.timeout(20_000),
      onLine: (line, position) => {
        lines.push([line, position]);
        return line !== 'END';
      },
    });
    return { lines, done };
  }

  const seen = async (lines: unknown[], count: number): Promise<void> => {
    while (lines.length < count) await sleep(5);
  };

  it('starts at a byte, delivers whole lines with the byte after each, and resolves to the byte reached', async () => {
    writeFileSync(log, 'old\nfirst\n');
    const { lines, done } = followToEnd(4);
    await seen(lines, 1);
    appendFileSync(log, 'par');
    await sleep(60);
    expect(lines).toEqual([['first', 10]]);
    appendFileSync(log, 'tial ü\nEND\nafter\n');
    expect(await done).toBe(25);
    expect(lines).toEqual([
      ['first', 10],
      ['partial ü', 21],
      ['END', 25],
    ]);
    const again = followToEnd(21);
    await again.done;
    expect(again.lines).toEqual([['END', 25]]);
  });

  it('waits for a file that does not exist yet', async () => {
    const { lines, done } = followToEnd(500, join(folder, 'later/hivemq.log'));
    await sleep(100);
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'later/hivemq.log'), 'a\nEND\n');
    expect(await done).toBe(6);
    expect(lines).toEqual([
      ['a', 2],
      ['END', 6],
    ]);
  });

  it('loses and repeats nothing when the file is rotated again and again', async () => {
    writeFileSync(log, 'begin\n');
    const { lines, done } = followToEnd(0);
    const written = ['begin'];
    await seen(lines, 1);
    for (let round = 0; round < 8; round += 1) {
      for (let n = 0; n < 200; n += 1) {
        written.push(`${round}-${n}`);
        appendFileSync(log, `${round}-${n}\n`);
      }
      renameSync(log, join(folder, `hivemq.${round}.log`));
      writeFileSync(log, `start ${round}\n`);
      written.push(`start ${round}`);
      await seen(lines, written.length);
      expect(lines.at(-1)).toEqual([`start ${round}`, 8]);
    }
    appendFileSync(log, 'END\n');
    await done;
    expect(lines.map(([line]) => line)).toEqual([...written, 'END']);
  });

  it('begins anew when the file is truncated, also where it is already shorter than the start', async () => {
    writeFileSync(log, 'abc\ndef\n');
    const { lines, done } = followToEnd(8_000);
    await seen(lines, 2);
    truncateSync(log, 0);
    await sleep(100);
    appendFileSync(log, 'new\nEND\n');
    expect(await done).toBe(8);
    expect(lines).toEqual([
      ['abc', 4],
      ['def', 8],
      ['new', 4],
      ['END', 8],
    ]);
  });

  it('is not fooled by a log line that reads like a message of tail', async () => {
    writeFileSync(log, '');
    const forged = [`tail: ${log}: file truncated`, `tail: '${log}' has been replaced;  following new file`];
    const { lines, done } = followToEnd(0);
    appendFileSync(log, `${forged.join('\n')}\nEND\n`);
    await done;
    expect(lines.map(([line]) => line)).toEqual([...forged, 'END']);
    expect(lines.at(-1)?.[1]).toBe(Buffer.byteLength(`${forged.join('\n')}\nEND\n`));
  });

  it('ends on abort at the byte reached and leaves no process on the host', async () => {
    writeFileSync(log, 'a\nb\npart');
    const stop = new AbortController();
    const lines: string[] = [];
    const done = host.follow(log, { from: 0, signal: stop.signal, onLine: (line) => lines.push(line) > 0 });
    await seen(lines, 2);
    stop.abort();
    expect(await done).toBe(4);
    const processes = (): string => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    while (processes().includes(folder)) await sleep(20);
    expect(await host.follow(log, { from: 2, signal: stop.signal, onLine: () => true })).toBe(2);
  });

  it('leaves no process on the host when it is aborted while it starts, waits or follows', async () => {
    const paths = Array.from({ length: 6 }, (_, n) => join(folder, `abort-${String(n)}.log`));
    for (const path of paths.slice(3)) writeFileSync(path, 'a\n');
    for (const delay of [0, 5, 20, 60]) {
      const stop = new AbortController();
      const all = paths.map((path) => host.follow(path, { from: 0, signal: stop.signal, onLine: () => true }));
      await sleep(delay);
      stop.abort();
      await Promise.all(all);
    }
    const left = (): string => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    while (left().includes(folder)) await sleep(20);
  });

  it('passes on what onLine throws', async () => {
    writeFileSync(log, 'a\n');
    const boom = (): boolean => {
      throw new Error('boom');
    };
    await expect(host.follow(log, { from: 0, signal: AbortSignal.timeout(20_000), onLine: boom })).rejects.toThrow(
      'boom',
    );
  });

  it('follows many files and still runs commands', async () => {
    const stop = new AbortController();
    writeFileSync(log, 'x\n');
    const all = Array.from({ length: 6 }, () => host.follow(log, { from: 0, signal: stop.signal, onLine: () => true }));
    expect((await host.run({ argv: ['echo', 'ok'] })).stdout).toBe('ok\n');
    stop.abort();
    await Promise.all(all);
  });

  it('fails as HostUnreachable when the connection is cut', async () => {
    writeFileSync(log, 'a\n');
    const lines: string[] = [];
    const done = host.follow(log, {
      from: 0,
      signal: AbortSignal.timeout(20_000),
      onLine: (line) => lines.push(line) > 0,
    });
    await seen(lines, 1);
    sshd.cut();
    await expect(done).rejects.toMatchObject({ kind: 'HostUnreachable' });
    expect((await host.run({ argv: ['echo', 'back'] })).stdout).toBe('back\n');
  });
});
