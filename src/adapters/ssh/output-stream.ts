import { Readable } from 'node:stream';
import type { HivekeeperError } from '../../domain/errors/index.js';
import { feed, type Input } from './command-channel.js';
import { hangUp, type CommandChannel } from './channel.js';
import type { SshConnection } from './connection.js';
import { reasonOf } from './semaphore.js';

/** A command's output with back pressure; ends only after exit code 0 and is destroyed with the error otherwise. */
export function outputStream(
  connection: SshConnection,
  { channel, exit }: CommandChannel,
  options: {
    title: string;
    stdin?: Input;
    signal?: AbortSignal;
    failure: (code: number, stderr: string) => HivekeeperError;
  },
): Readable {
  const { signal } = options;
  let stderr = '';
  let finished = false;
  const onAbort = (): void => void out.destroy(reasonOf(signal));
  const out = new Readable({
    highWaterMark: 1024 * 1024,
    read: () => void channel.resume(),
    destroy: (error, done) => {
      signal?.removeEventListener('abort', onAbort);
      if (!finished) hangUp(channel);
      done(error);
    },
  });
  channel.on('data', (chunk: Buffer) => {
    if (!out.destroyed && !out.push(chunk)) channel.pause();
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4096);
  });
  channel.once('close', () => {
    finished = true;
    const code = exit();
    if (code === 0) out.push(null);
    else out.destroy(code === null ? connection.lost(options.title) : options.failure(code, stderr));
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  feed(channel, options).catch((error: unknown) =>
    out.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return out;
}
