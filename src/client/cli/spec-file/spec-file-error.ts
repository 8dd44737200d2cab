import { formatIssue, type SpecIssue } from '../../../domain/spec/index.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

function lineOf(file: string, issue: SpecIssue): string {
  const position = issue.line === undefined ? '' : `:${issue.line}:${issue.column ?? 1}`;
  return `${file}${position}: ${formatIssue(issue)}`;
}

/** A spec file that is not valid: one line for each issue, `file:line:column: key: what is wrong`. */
export class SpecFileError extends CliError {
  constructor(
    public readonly file: string,
    public readonly issues: readonly SpecIssue[],
  ) {
    super(exitCodes.usage, issues.map((issue) => lineOf(file, issue)).join('\n'));
  }
}
