/** What a command may touch of the process it runs in; tests give their own. */
export interface CliIo {
  /** Results. */
  readonly stdout: { write(text: string): unknown };
  /** Everything else: progress, warnings, errors. */
  readonly stderr: { write(text: string): unknown };
  /** Whether a person reads stdout; decides colours and redrawing. */
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths on the command line start here. */
  readonly cwd: string;
}

/** The process itself. */
export const processIo = (): CliIo => ({
  stdout: process.stdout,
  stderr: process.stderr,
  isTTY: process.stdout.isTTY,
  env: process.env,
  cwd: process.cwd(),
});
