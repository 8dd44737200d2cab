import { spawn } from 'node:child_process';
import { endWithThisProcess } from './watchdog.js';

/** A started server program. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the program has ended, with what it said last. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends this process and no other: SIGTERM, and SIGKILL after the grace. Returns when it is gone. */
  stop(graceMs: number): Promise<void>;
}

const TAIL_LENGTH = 4000;

/**
 * Starts the program in a session of its own, so that Ctrl-C in the terminal reaches the worker first.
 *
 * @param env the program's whole environment. Default: this process's
 */
export function startServerProcess(
  program: string,
  args: string[],
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): ServerProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
  const callOff = child.pid === undefined ? () => undefined : endWithThisProcess(child.pid);
  let tail = '';
  const take = (text: string): void => {
    tail = (tail + text).slice(-TAIL_LENGTH);
    for (const line of text.split('\n')) if (line.trim() !== '') log(line);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      resolve(error.message);
    });
    child.on('close', (code, signal) => {
      callOff();
      resolve(`${tail.trim()}\n(${signal === null ? `exit code ${String(code)}` : signal})`.trim());
    });
  });
  return {
    pid: child.pid ?? -1,
    ended,
    async stop(graceMs) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(impatience);
    },
  };
}
