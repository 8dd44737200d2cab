// The last line of a CI run: the counts of the tests, with a failure more for each check that failed.
// Arguments: file with the counts, number of failed checks, exit code of the tests.
import { readFileSync } from 'node:fs';
import { summaryLine } from '../lib/test-summary.mjs';

const [file, failedChecks, testsExitCode] = process.argv.slice(2);

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The tests never came so far as to be counted.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const counts = read();
const unseen = counts.failed === 0 && Number(testsExitCode) !== 0 ? 1 : 0;
counts.failed += Number(failedChecks) + unseen;
process.stdout.write(`${summaryLine(counts)}\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;
