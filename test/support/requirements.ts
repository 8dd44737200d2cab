/** Something of this machine that tests need and that may be missing. */
export interface Requirement {
  /** Why it is missing; undefined when it is there. */
  readonly missing: string | undefined;
  /** How to get it, for the name of the skipped test. */
  readonly install: string;
}

/**
 * Whether tests that need this must be left out. With HIVEKEEPER_REQUIRE_ALL=1, as in CI, nothing may be: then it throws.
 */
export function mustSkip({ missing, install }: Requirement): boolean {
  if (missing === undefined) return false;
  if (process.env['HIVEKEEPER_REQUIRE_ALL'] === '1') throw new Error(`${missing} Install it: ${install}`);
  process.stderr.write(`Left out: ${missing} Install it: ${install}\n`);
  return true;
}
