import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject } from './paths.mjs';
import { runForeground } from './process.mjs';
import { countTests, failsBecauseOf, summaryLine } from './test-summary.mjs';

const REPORT = inProject('.hivekeeper', 'test-report.json');

/**
 * Runs the tests and ends with one line that counts them, taken from the machine-readable report. Where
 * HIVEKEEPER_SUMMARY_FILE names a file, the counts go there as JSON instead, for a caller with more to add.
 */
export async function runTests(args, env) {
  mkdirSync(path.dirname(REPORT), { recursive: true });
  rmSync(REPORT, { force: true });
  const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const code = await runForeground(process.execPath, [vitest, 'run', ...reporters, ...args], { env });
  const counts = countTests(readReport(), { code, requireAll: env.HIVEKEEPER_REQUIRE_ALL === '1' });
  for (const reason of failsBecauseOf(counts)) process.stdout.write(`${reason}\n`);
  const summaryFile = env.HIVEKEEPER_SUMMARY_FILE;
  if (summaryFile) writeFileSync(summaryFile, JSON.stringify(counts));
  else process.stdout.write(`${summaryLine(counts)}\n`);
  return counts.failed > 0 ? code || 1 : 0;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch {
    return undefined;
  }
}
