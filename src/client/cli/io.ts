/** What a command may touch of the process it runs in; tests give their own. */
export interface CliIo {
  /** Results. */
  readonly stdout: { write(text: string): unknown };
  /** Everything else: progress, warnings, errors. */
  readonly stderr: { write(text: string): unknown };
  /** What is piped in; without it there is nothing. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
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
  get stdin() {
    // Looked at by the commands that read it alone: opening it would keep the others from ending.
    return process.stdin;
  },
  isTTY: process.stdout.isTTY,
  env: process.env,
  cwd: process.cwd(),
});
