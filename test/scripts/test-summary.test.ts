import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

interface Run {
  readonly code?: number;
  readonly requireAll?: boolean;
}

/** The summary line of a report, by the script that `npm test` uses. */
function summary(report: unknown, { code = 0, requireAll = false }: Run = {}): string {
  const program = `
    import { countTests, summaryLine } from ${JSON.stringify(`${scripts}lib/test-summary.mjs`)};
    const [report, options] = JSON.parse(process.argv[1]);
    process.stdout.write(summaryLine(countTests(report ?? undefined, options)));`;
  const input = JSON.stringify([report, { code, requireAll }]);
  return execFileSync(process.execPath, ['--input-type=module', '-e', program, input], { encoding: 'utf8' });
}

const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  message: '',
  assertionResults: tests.map((test, index) => ({ status: test, fullName: `test ${index}` })),
});

describe('the last line of a test run', () => {
  it('counts what passed and failed', () => {
    const testResults = [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')];
    expect(summary({ testResults }, { code: 1 })).toBe('3 passed, 1 failed');
  });

  it('names what was skipped only when something was', () => {
    expect(summary({ testResults: [file('passed', 'passed', 'skipped', 'todo')] })).toBe(
      '1 passed, 0 failed, 2 skipped',
    );
  });

  it('counts a skipped test as failed where nothing may be left out', () => {
    const testResults = [file('passed', 'passed', 'skipped')];
    expect(summary({ testResults }, { requireAll: true })).toBe('1 passed, 1 failed');
  });

  it('counts a file that could not be loaded, or whose hook failed, as a failure', () => {
    expect(summary({ testResults: [file('failed')] }, { code: 1 })).toBe('0 passed, 2 failed');
    const testResults = [file('passed', 'passed'), file('failed', 'skipped')];
    expect(summary({ testResults }, { code: 1 })).toBe('1 passed, 1 failed, 1 skipped');
  });

  it('does not take nothing for success', () => {
    expect(summary({ testResults: [] })).toBe('0 passed, 1 failed');
    expect(summary({ testResults: [file('passed', 'skipped')] })).toBe('0 passed, 1 failed, 1 skipped');
    expect(summary(null)).toBe('0 passed, 1 failed');
  });

  it('believes the exit code of the runner when the report shows no failure', () => {
    expect(summary({ testResults: [file('passed', 'passed')] }, { code: 1 })).toBe('1 passed, 1 failed');
  });
});

describe('the last line of a CI run', () => {
  const run = async (counts: unknown, failedChecks: number, code: number): Promise<[string, number | null]> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-summary-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const counted = path.join(folder, 'counts');
    if (counts !== undefined) await writeFile(counted, JSON.stringify(counts));
    const args = [`${scripts}ci/summary.mjs`, counted, String(failedChecks), String(code)];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return [stdout, status];
  };

  it('is that of the tests when all checks hold', async () => {
    expect(await run({ passed: 5, failed: 0, skipped: 0 }, 0, 0)).toEqual(['5 passed, 0 failed\n', 0]);
  });

  it('counts a check that failed', async () => {
    expect(await run({ passed: 5, failed: 0, skipped: 0 }, 2, 0)).toEqual(['5 passed, 2 failed\n', 1]);
  });

  it('counts tests that never ran, or ended badly', async () => {
    expect(await run(undefined, 0, 1)).toEqual(['0 passed, 1 failed\n', 1]);
    expect(await run({ passed: 5, failed: 0, skipped: 0 }, 0, 1)).toEqual(['5 passed, 1 failed\n', 1]);
  });
});

it('says how it is used', () => {
  const { status, stderr } = spawnSync(process.execPath, [`${scripts}run.mjs`, 'nothing'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^Usage: /);
});
