import type { RemoteHost } from '../ports/index.js';
import { type ProgramResult, runProgram } from '../run-program.js';

/** Runs one command to its end; a non-zero exit is a result. */
export type HookRunner = (argv: readonly [string, ...string[]], timeout: number) => Promise<ProgramResult>;

/** At the worker. */
export const runLocally: HookRunner = (argv, timeout) => runProgram(argv, { timeout });

/** On a host, for load balancers that are steered only from there. */
export const runOnHost =
  (connect: () => Promise<RemoteHost>): HookRunner =>
  async (argv, timeout) =>
    (await connect()).exec({ argv, timeout });
