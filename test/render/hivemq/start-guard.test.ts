import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderStartGuard } from '../../../src/render/products/hivemq/start-guard.js';
import { attendedStartPath } from '../../../src/render/systemd/names.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { parsedSpec } from '../parsed-spec.js';

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
function guard(members: string[]): Promise<{ code: number | null; stderr: string }> {
  const [first, second, ...others] = exampleSpec().hosts;
  const spec = parsedSpec({
    hosts: [{ ...first, home }, { ...second, address: '127.0.0.1' }, ...others],
    cluster: { transport: { bindPort: port } },
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
    writeFileSync(attended, '');
    expect(await guard(['n1', 'n2'])).toEqual({ code: 0, stderr: '' });
    expect(existsSync(attended)).toBe(false);
    expect((await guard(['n1', 'n2'])).code).toBe(1);
  });
});
