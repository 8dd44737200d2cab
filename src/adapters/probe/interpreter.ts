import type { Command, RemoteHost } from '../ports/index.js';

/** What can open sockets of all kinds on a host without anything being installed there. */
export type Interpreter = 'python3' | 'perl';

/** Says what to install where there is none. */
export const NO_INTERPRETER =
  'it has neither python3 nor perl, and nothing else there can send and receive such packets';

/** The first interpreter that the host has and that works, or null. */
export async function findInterpreter(host: RemoteHost, signal: AbortSignal): Promise<Interpreter | null> {
  // Asked to do something: a name on the PATH may be a shim with nothing behind it.
  const program = `
if [ "$(python3 -c 'import socket; print(1)' 2>/dev/null)" = 1 ]; then echo python3
elif [ "$(perl -e 'use Socket; print 1' 2>/dev/null)" = 1 ]; then echo perl
fi`;
  const { stdout } = await host.script(program, [], { signal });
  const name = stdout.trim();
  return name === 'python3' || name === 'perl' ? name : null;
}

/** The command that runs a program, which travels by standard input. */
export function interpreted(
  interpreter: Interpreter,
  programs: Readonly<Record<Interpreter, string>>,
  parameters: readonly string[],
): Command {
  return { argv: [interpreter, '-', ...parameters], stdin: programs[interpreter] };
}
