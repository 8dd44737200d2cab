import { HivekeeperError } from '../../domain/errors/index.js';
import { ProgramNotRun, ProgramTimedOut, runProgram } from '../run-program.js';

/**
 * Runs a hook with a text on its standard input and gives what it printed.
 * @param timeout milliseconds
 * @throws HivekeeperError CommandFailed, CommandTimedOut; neither holds anything of its standard output, which is a key
 */
export async function runIssuer(
  hook: string,
  argv: readonly [string, ...string[]],
  options: { input: string; timeout: number; signal?: AbortSignal },
): Promise<string> {
  const advice = `Run ${argv[0]} by hand with the same JSON on its standard input, or correct the hook in the worker's configuration.`;
  const failed = (how: string, stderr: string): HivekeeperError => {
    const said = harmless(stderr);
    const message = `The hook "${hook}" for certificates ${how}${said === '' ? '' : `: ${said}`}. ${advice}`;
    return new HivekeeperError('CommandFailed', message, { hook });
  };
  try {
    const { code, stdout, stderr } = await runProgram(argv, options);
    if (code === 0) return stdout;
    throw failed(`ended with code ${code}`, stderr);
  } catch (error) {
    if (error instanceof ProgramTimedOut) {
      const message = `The hook "${hook}" for certificates ${error.message}. ${advice}`;
      throw new HivekeeperError('CommandTimedOut', message, { hook });
    }
    if (error instanceof ProgramNotRun) throw failed(`could not be run (${String(error.code)})`, error.stderr);
    throw error;
  }
}

/** The last line of what a program said; one that echoes its input or output would otherwise put a key into a message. */
function harmless(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return /-----|[A-Za-z0-9+/=]{60}/.test(last) ? 'its error output is withheld' : last.slice(0, 300);
}
