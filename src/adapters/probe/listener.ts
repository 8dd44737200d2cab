import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, RemoteHost } from '../ports/index.js';

/** A program that listens on a host and prints lines. */
export interface Listener {
  /** Null when it listens; else why it cannot. */
  readonly problem: string | null;
  /** Everything printed after `ready` so far. */
  readonly lines: readonly string[];
  /** Ends the program; returns when it is gone, and with it what it kept open. */
  close(): Promise<void>;
}

/** Milliseconds after which a program that was ended is left to end by itself. */
const GONE_WITHIN = 3_000;

/**
 * Starts the program and returns when it printed `ready <process id>`, or `error <why>`.
 * @throws as `RemoteHost.stream`
 */
export async function startListener(host: RemoteHost, command: Command, signal: AbortSignal): Promise<Listener> {
  const output = await host.stream(command, signal);
  const lines: string[] = [];
  const gone = new Promise<void>((resolve) => output.once('close', resolve));
  let pid: string | undefined;
  const problem = await new Promise<string | null>((resolve) => {
    // After the first word the promise is settled, and later calls do nothing. Both emit an error of the stream.
    output.on('error', (error) => resolve(error.message));
    createInterface({ input: output })
      .on('error', () => undefined)
      .on('line', (line) => {
        if (line !== '') lines.push(line);
        pid ??= /^ready (\d+)$/.exec(line)?.[1];
        resolve(pid === undefined ? line.replace(/^error /, '') : null);
      })
      .once('close', () => resolve('it ended at once'));
  });
  const close = async (): Promise<void> => {
    // Without its reader it would end as well, but only with its next line: until then the port is taken.
    if (pid !== undefined) {
      await host.script('kill "$1" 2>/dev/null || :', [pid], {}).catch(() => undefined);
      await Promise.race([gone, sleep(GONE_WITHIN, undefined, { ref: false })]);
    }
    output.destroy();
  };
  return { problem, lines, close };
}
