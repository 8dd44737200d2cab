import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PERL_KEEPER, SHELL_KEEPER } from './keeper-program.js';
import { programPath } from './program-path.js';

/** The first process of a host, which is the parent of all the others, see `PERL_KEEPER`. */
export interface Keeper {
  readonly pid: number;
  /** Whether it adopts and reaps the orphans of the host. Without Perl it does not. */
  readonly subreaper: boolean;
  /** Starts a shell command as a service, in a session of its own. @returns its pid */
  run(command: string): Promise<number>;
  /** Ends every process of the host, and then itself. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  /** `NAME=value` entries in the environment of each of the host's processes. */
  readonly marks: readonly [string, string];
  /** A command line that runs its arguments in the surroundings of the host. Default: none, run directly. */
  readonly wrapper?: readonly string[];
  /** Path of Perl, empty to go without. Default: this machine's, where there is one. */
  readonly perl?: string;
}

/** Starts the keeper of one host. */
export async function startKeeper(options: KeeperOptions): Promise<Keeper> {
  const { marks, wrapper = [], perl = programPath('perl') ?? '' } = options;
  const program = perl === '' ? ['/bin/sh', '-c', SHELL_KEEPER, 'keeper', ...marks] : [perl, '-e', PERL_KEEPER];
  const [file, ...args] = [...wrapper, ...program];
  if (file === undefined) throw new Error('There is no program to start.');
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout });
  const waiting: ((line: string | Error) => void)[] = [];
  lines.on('line', (line) => waiting.shift()?.(line));
  lines.on('close', () => {
    for (const answer of waiting.splice(0)) answer(new Error(`The keeper of a host ended: ${complaints.trim()}`));
  });
  const nextLine = (): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push((line) => (typeof line === 'string' ? resolve(line) : reject(line)));
    });
  const first = nextLine();
  await Promise.race([once(child, 'spawn'), first]);
  const ready = await first;
  return {
    pid: child.pid ?? -1,
    subreaper: ready === 'ready subreaper',
    async run(command) {
      if (command.includes('\n')) throw new Error('A service is one line of shell.');
      const answer = nextLine();
      child.stdin.write(`run ${command}\n`);
      return Number((await answer).replace('pid ', ''));
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
