import { execFile } from 'node:child_process';
import type { RemoteHost } from '../ports/index.js';

export interface HookResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end; a non-zero exit is a result. */
export type HookRunner = (argv: readonly [string, ...string[]], timeout: number) => Promise<HookResult>;

/** At the worker, without a shell and without the worker's environment, which may hold secrets of other specs. */
export const runLocally: HookRunner = ([program, ...rest], timeout) =>
  new Promise((resolve, reject) => {
    const { PATH, HOME } = process.env;
    const options = { timeout, env: { PATH, HOME, LC_ALL: 'C' }, maxBuffer: 1024 * 1024 };
    const child = execFile(program, rest, options, (error, stdout, stderr) => {
      if (!error) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else if (error.killed) reject(new Error(`did not end within ${timeout} ms`, { cause: error }));
      else reject(new Error(error.message, { cause: error }));
    });
    child.stdin?.end();
  });

/** On a host, for load balancers that are steered only from there. */
export const runOnHost =
  (connect: () => Promise<RemoteHost>): HookRunner =>
  async (argv, timeout) =>
    (await connect()).exec({ argv, timeout });
