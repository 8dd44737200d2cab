import { execFile } from 'node:child_process';

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program was ended because its time was up. */
export class ProgramTimedOut extends Error {}

/** The program could not be run or did not come to its own end; `code` is the system's, e.g. ENOENT. */
export class ProgramNotRun extends Error {
  constructor(
    readonly code: unknown,
    readonly stderr: string,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/**
 * Runs a program at the worker to its end, without a shell and with nothing of the worker's environment, which may hold
 * secrets of other specs, but PATH and HOME. A non-zero exit is a result.
 * @param timeout milliseconds
 * @throws ProgramTimedOut, ProgramNotRun, the reason of an aborted signal
 */
export function runProgram(
  [program, ...rest]: readonly [string, ...string[]],
  { timeout, input = '', signal }: { timeout: number; input?: string; signal?: AbortSignal | undefined },
): Promise<ProgramResult> {
  const { PATH, HOME } = process.env;
  const options = { timeout, env: { PATH, HOME, LC_ALL: 'C' }, maxBuffer: 1024 * 1024, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    const child = execFile(program, rest, options, (error, stdout, stderr) => {
      if (!error) resolve({ code: 0, stdout, stderr });
      else if (signal?.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else if (error.killed && error.code === null) reject(new ProgramTimedOut(`did not end within ${timeout} ms`));
      else reject(new ProgramNotRun(error.code, stderr, error));
    });
    // A program that ends without reading shows by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
