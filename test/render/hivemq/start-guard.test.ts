import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderStartGuard } from '../../../src/render/products/hivemq/start-guard.js';
import { attendedStartPath, disabledPath } from '../../../src/render/systemd/names.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { parsedSpec } from '../parsed-spec.js';

/** What Hivekeeper writes down when it asks for a start. */
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');

let home: string;
let other: Server;
let port: number;

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'start-guard-'));
  mkdirSync(join(home, '.hivekeeper'));
  other = createServer();
  port = await listen(other);
});

afterEach(async () => {
  if (other.listening) await close(other);
  rmSync(home, { recursive: true, force: true });
});

/** Runs the guard of n1; n2 is at 127.0.0.1 and the given port. */
function guard(members: string[], enabled = true): Promise<{ code: number | null; stderr: string }> {
  const [first, second, ...others] = exampleSpec().hosts;
  const spec = parsedSpec({
    hosts: [{ ...first, home }, { ...second, address: '127.0.0.1' }, ...others],
    cluster: enabled ? { transport: { bindPort: port } } : { enabled },
  });
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stderr }));
    child.stdin.end(renderStartGuard(spec, members, 'n1'));
  });
}

describe('the start guard', () => {
  it('lets a node start that another member waits for', async () => {
    expect(await guard(['n1', 'n2'])).toEqual({ code: 0, stderr: '' });
  });

  it('refuses when no other member answers, and says what to do', async () => {
    await close(other);
    const { code, stderr } = await guard(['n1', 'n2']);
    expect(code).toBe(1);
    expect(stderr).toContain('no other member of cluster prod answers');
    expect(stderr).toContain('start the cluster with Hivekeeper, the node that was stopped last first');
  });

  it('refuses a member that is alone: its own data would be set aside', async () => {
    expect((await guard(['n1'])).code).toBe(1);
  });

  it('lets a start that Hivekeeper asked for pass, once', async () => {
    await close(other);
    const attended = join(home, attendedStartPath);
    writeFileSync(attended, bootId);
    expect(await guard(['n1', 'n2'])).toEqual({ code: 0, stderr: '' });
    expect(existsSync(attended)).toBe(false);
    expect((await guard(['n1', 'n2'])).code).toBe(1);
  });

  it.each([
    ['of another boot', 'f00df00d-0000-4000-8000-000000000000\n', 0],
    ['that is empty', '', 0],
    ['of a quarter of an hour ago', bootId, 15 * 60],
  ])('does not count a request %s', async (_what, content, age) => {
    await close(other);
    const attended = join(home, attendedStartPath);
    writeFileSync(attended, content);
    const time = Date.now() / 1000 - age;
    utimesSync(attended, time, time);
    expect((await guard(['n1', 'n2'])).code).toBe(1);
    expect(existsSync(attended)).toBe(false);
  });

  it('refuses a node that has left the cluster, whoever asks', async () => {
    for (const file of [disabledPath, attendedStartPath]) writeFileSync(join(home, file), bootId);
    const { code, stderr } = await guard(['n1', 'n2']);
    expect(code).toBe(1);
    expect(stderr).toContain('this node has left cluster prod');
  });

  it('moves the copy of an earlier start aside before run.sh would replace it', async () => {
    mkdirSync(join(home, 'data/cluster-backup'), { recursive: true });
    writeFileSync(join(home, 'data/cluster-backup/item'), 'old');
    expect((await guard(['n1', 'n2'])).code).toBe(0);
    const [kept = ''] = readdirSync(join(home, 'data-kept'));
    expect(kept).toMatch(/^\d{8}T\d{9}Z-cluster-backup$/);
    expect(readFileSync(join(home, 'data-kept', kept, 'item'), 'utf8')).toBe('old');
    expect(readdirSync(join(home, 'data'))).toEqual([]);
  });

  it('refuses to start over a copy that it cannot move', async () => {
    mkdirSync(join(home, 'data/cluster-backup'), { recursive: true });
    writeFileSync(join(home, 'data/cluster-backup/item'), 'old');
    writeFileSync(join(home, 'data-kept'), 'in the way');
    const { code, stderr } = await guard(['n1', 'n2']);
    expect(code).toBe(1);
    expect(stderr).toContain('could not be moved');
    expect(readFileSync(join(home, 'data/cluster-backup/item'), 'utf8')).toBe('old');
  });

  it('lets a broker without a cluster start, unless it was taken out', async () => {
    await close(other);
    writeFileSync(join(home, attendedStartPath), bootId);
    expect(await guard(['n1', 'n2'], false)).toEqual({ code: 0, stderr: '' });
    expect(existsSync(join(home, attendedStartPath))).toBe(false);
    writeFileSync(join(home, disabledPath), '');
    expect((await guard(['n1', 'n2'], false)).code).toBe(1);
  });
});
