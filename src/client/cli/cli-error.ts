import type { ExitCode } from './exit-codes.js';

/** Ends a command: the message goes to stderr as it is, one line for each thing that is wrong. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    public readonly exitCode: ExitCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
