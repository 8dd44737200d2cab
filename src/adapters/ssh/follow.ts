import { HivekeeperError } from '../../domain/errors/index.js';
import type { RemoteHost } from '../ports/index.js';
import { hangUp } from './channel.js';
import type { SshConnection } from './connection.js';
import { inlineCommand } from './script.js';
import { TailParser, secretToken } from './tail-parser.js';

export type FollowOptions = Parameters<RemoteHost['follow']>[1];

/**
 * Follows the open file, not its name, so that nothing is lost when it is renamed: the shell holds it open, and when
 * another file has the name, tail reads the old one to its end (`--pid`: once more after the keeper is gone), and only
 * then a mark and the new file come. tail's messages go to the same pipe as the data, which keeps their order. tail
 * looks every 10 ms, because it does not use inotify on an open file. The keeper ends with standard input, tail with
 * the keeper and the shell with tail, so that nothing stays behind on the host, however the connection ends.
 */
const followProgram = `
path=$1 from=$2 token=$3
exec 3<&0
keep() { cat <&3 >/dev/null 2>&1 & keeper=$!; }
keep
there=yes
while :; do
  until [ -e "$path" ]; do
    there=no
    sleep 0.02
    kill -0 "$keeper" 2>/dev/null || exit 0
  done
  if [ "$there" = no ]; then
    from=0
    echo "tail: $token is new"
  fi
  if [ ! -f "$path" ] || [ ! -r "$path" ]; then
    echo "$path is not a file that $(id -un) may read" >&2
    exit 1
  fi
  command exec 4<"$path" || continue
  tail -c "+$((from + 1))" -f -s 0.01 --pid="$keeper" -- "/proc$token$$/fd/4" 2>&1 3<&- 4<&- &
  tail=$!
  while [ ! -e "$path" ] || [ "$path" -ef "/proc/$$/fd/4" ]; do
    kill -0 "$tail" 2>/dev/null || { echo 'tail ended' >&2; exit 1; }
    sleep 0.1
  done
  { kill "$keeper"; wait "$keeper"; } 2>/dev/null
  wait "$tail"
  keep
  there=no
done`;

export const followCommand = (path: string, from: number, token: string): readonly [string, ...string[]] =>
  inlineCommand(followProgram, [path, String(from), token]);

/** See {@link RemoteHost.follow}. An abort is the normal end; a lost connection is HostUnreachable. */
export async function followFile(
  host: string,
  connection: SshConnection,
  path: string,
  toLine: (argv: readonly [string, ...string[]]) => string,
  { from, signal, onLine }: FollowOptions,
): Promise<number> {
  if (signal.aborted) return from;
  const token = secretToken();
  const parser = new TailParser(token, from);
  const line = toLine(followCommand(path, from, token));
  const opened = await connection.exec(line, { longLived: true, signal }).catch((error: unknown) => {
    if (isAborted(signal)) return null;
    throw error;
  });
  if (!opened) return from;
  const { channel: tail, exit } = opened;
  return new Promise((resolve, reject) => {
    const state = { settled: false };
    const isSettled = (): boolean => state.settled;
    const settle = (finish: () => void): void => {
      if (state.settled) return;
      state.settled = true;
      signal.removeEventListener('abort', onAbort);
      hangUp(tail);
      finish();
    };
    const onAbort = (): void => settle(() => resolve(parser.position));
    const refuse = (reason: string): void =>
      settle(() =>
        reject(new HivekeeperError('CommandFailed', `${host}: ${path} cannot be followed: ${reason}`, { path })),
      );
    const errors: string[] = [];
    tail.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    tail.on('data', (chunk: Buffer) => {
      if (state.settled) return;
      try {
        for (const event of parser.push(chunk)) {
          if (onLine(event.line, event.position) === false) settle(() => resolve(event.position));
          if (isSettled()) return;
        }
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
    tail.once('close', () => {
      const code = exit();
      if (code === null) settle(() => reject(connection.lost(`following ${path}`)));
      else refuse(errors.join('').trim() || `tail ended with ${code}`);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (isAborted(signal)) onAbort();
  });
}

/** Asked again after a wait, which the compiler cannot know of. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
