import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { busyPercent, cpuProgram } from '../../../src/activities/check-facts/cpu-times.js';

const sh = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', cpuProgram, 'sh', '0.1'], { env });
  return stdout;
};

describe('what processors do', () => {
  it('is the share of the time between two readings in which they neither idle nor wait for a disk', () => {
    expect(busyPercent('cpu  100 0 100 800 0 0 0 0 0 0\ncpu  160 5 110 805 15 3 2 0 0 0\n')).toBeCloseTo(80);
    expect(busyPercent('cpu 0 0 0 100 0 0 0 0\ncpu 0 0 0 200 0 0 0 0\n')).toBe(0);
    expect(busyPercent('cpu 0 0 0 100 0 0 0 0\ncpu 0 0 0 100 0 0 0 50\n')).toBe(100);
  });

  it('is what they did since the start where the counters stand still', () => {
    const line = 'cpu  81 0 0 19 0 0 0 0 0 0';
    expect(busyPercent(`${line}\n${line}\n`)).toBe(81);
  });

  it.each([
    '',
    'cpu 1 2\ncpu 1 2\n',
    'cpu 1 2 3 4\n',
    'cpu0 1 2 3 4\ncpu0 1 2 3 4',
    'cpu a b c d\ncpu a b c d',
    'cpu 0 0 0 0\ncpu 0 0 0 0',
  ])('is not known from %j', (text) => {
    expect(busyPercent(text)).toBeNull();
  });

  it('is told by the kernel of this machine, and by a file where HOST_PROC names one', async () => {
    const percent = busyPercent(await sh(process.env)) ?? -1;
    expect(percent).toBeGreaterThanOrEqual(0);
    expect(percent).toBeLessThanOrEqual(100);
    const folder = mkdtempSync(join(tmpdir(), 'proc-'));
    try {
      writeFileSync(join(folder, 'stat'), 'cpu  42 0 0 58 0 0 0 0 0 0\ncpu0 1 0 0 0\n');
      expect(busyPercent(await sh({ ...process.env, HOST_PROC: folder }))).toBe(42);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await expect(sh({ ...process.env, HOST_PROC: folder })).rejects.toThrow();
  });
});
