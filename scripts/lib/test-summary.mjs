/**
 * Counts the tests of a report in vitest's JSON format.
 *
 * A file that failed without a failed test (it could not be loaded, or a hook failed) counts as one failure. So does a
 * run that executed nothing, that left no report, or that failed for a reason that the report does not show. With
 * `requireAll` a skipped test is a failed one.
 */
export function countTests(report, { code, requireAll }) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const having = (status) => tests.filter((test) => test.status === status).length;
  const passed = having('passed');
  const failedTests = having('failed');
  const notRun = tests.length - passed - failedTests;
  const reasons = files
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
    .map((file) => `Failed without a failed test: ${file.name}${file.message ? ` (${file.message})` : ''}`);
  if (report === undefined) reasons.push('The tests left no report.');
  else if (passed + failedTests === 0) reasons.push('No test was executed.');
  if (requireAll) {
    for (const { status, fullName } of tests) {
      if (status !== 'passed' && status !== 'failed') reasons.push(`Left out, although nothing may be: ${fullName}`);
    }
  }
  if (code !== 0 && failedTests + reasons.length === 0) reasons.push(`The test runner ended with exit code ${code}.`);
  return { passed, failed: failedTests + reasons.length, skipped: requireAll ? 0 : notRun, reasons };
}

/** The failures that no failed test stands for, in words. */
export const failsBecauseOf = ({ reasons }) => reasons;

/** The last line of a test run. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
