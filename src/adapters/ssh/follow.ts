import { HivekeeperError } from '../../domain/errors/index.js';
import type { RemoteHost } from '../ports/index.js';
import { hangUp, type SshConnection } from './connection.js';
import { inlineCommand } from './script.js';
import { TailParser, secretAlias } from './tail-parser.js';

export type FollowOptions = Parameters<RemoteHost['follow']>[1];

/**
 * tail writes data and messages to one pipe, which keeps their order. It ends when standard input does, so that nothing
 * stays behind on the host. Where inotify cannot be used, it looks every 20 ms.
 */
const followProgram = `
exec 3<&0
tail -c "+$1" -F -s 0.02 -- "$2" 2>&1 3<&- &
tail=$!
{ cat <&3; kill "$tail"; } >/dev/null 2>&1 &
wait "$tail"
echo "tail ended with $?" >&2
exit 1`;

export const followCommand = (alias: string, from: number): readonly [string, ...string[]] =>
  inlineCommand(followProgram, [String(from + 1), alias]);

/** See {@link RemoteHost.follow}. An abort is the normal end; a lost connection is HostUnreachable. */
export async function followFile(
  host: string,
  connection: SshConnection,
  path: string,
  toLine: (argv: readonly [string, ...string[]]) => string,
  { from, signal, onLine }: FollowOptions,
): Promise<number> {
  if (signal.aborted) return from;
  const { alias, token } = secretAlias(path);
  const parser = new TailParser(token, from);
  const line = toLine(followCommand(alias, from));
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
          if ('refused' in event) refuse(event.refused);
          else if (onLine(event.line, event.position) === false) settle(() => resolve(event.position));
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
