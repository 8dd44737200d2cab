import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { HivekeeperError } from '../../domain/errors/index.js';
import { reasonOf } from './semaphore.js';
import { hangUp, type CommandChannel } from './channel.js';
import type { SshConnection } from './connection.js';

/** Output beyond this many bytes is dropped, so that a runaway command cannot fill the worker. */
export const outputLimit = 1024 * 1024;

export type Input = string | Buffer | Readable;

export interface ChannelExit {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Output was longer than the limit and its end is missing. */
  readonly truncated: boolean;
}

export interface RunOptions {
  /** What is run, for messages: `n2: tar`. */
  readonly title: string;
  readonly stdin?: Input;
  /** Keeps standard input open after `stdin` was sent: the command must not read to its end. A command can then still be signalled. */
  readonly keepOpen?: boolean;
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Bytes of `stdin` handed to the connection so far. */
  readonly onSent?: (bytes: number) => void;
}

/** Runs a command line to its end. @throws HostUnreachable, CommandTimedOut, or the reason of the signal */
export async function runLine(connection: SshConnection, line: string, options: RunOptions): Promise<ChannelExit> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(reasonOf(options.signal));
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = options.timeout > 0 ? setTimeout(() => stop.abort(timedOut(options)), options.timeout) : undefined;
  try {
    const command = await connection.exec(line, { signal: stop.signal });
    return await collect(connection, command, options, stop.signal);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function timedOut({ title, timeout }: RunOptions): HivekeeperError {
  const message = `${title} did not end within ${timeout} ms and was given up. Look at the host: it may be overloaded or its disk may hang.`;
  return new HivekeeperError('CommandTimedOut', message, { timeout });
}

function collect(
  connection: SshConnection,
  { channel, exit }: CommandChannel,
  options: RunOptions,
  signal: AbortSignal,
): Promise<ChannelExit> {
  return new Promise((resolve, reject) => {
    const stdout = new BoundedBuffer(options.limit ?? outputLimit);
    const stderr = new BoundedBuffer(outputLimit);
    const onAbort = (): void => fail(reasonOf(signal));
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      hangUp(channel);
      reject(error);
    };
    channel.on('data', (chunk: Buffer) => stdout.add(chunk));
    channel.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    channel.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      const code = exit();
      if (code === null) reject(connection.lost(options.title));
      else
        resolve({
          code,
          stdout: stdout.take(),
          stderr: stderr.take(),
          truncated: stdout.overflowed || stderr.overflowed,
        });
    });
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    feed(channel, options).catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));
  });
}

/** Writes standard input with back pressure. A command that ends without reading it all is not an error of the sender. */
export async function feed(
  channel: ClientChannel,
  options: Pick<RunOptions, 'stdin' | 'keepOpen' | 'onSent'>,
): Promise<void> {
  const { stdin, keepOpen, onSent } = options;
  let sent = 0;
  const state = { gone: false };
  channel.once('close', () => {
    state.gone = true;
    if (stdin instanceof Readable) stdin.destroy();
  });
  const chunks = stdin === undefined ? [] : stdin instanceof Readable ? stdin : [stdin];
  try {
    for await (const chunk of chunks) {
      const bytes = toBuffer(chunk);
      if (state.gone || !channel.writable) return;
      if (!channel.write(bytes)) await drained(channel);
      sent += bytes.length;
      onSent?.(sent);
    }
  } catch (error) {
    if (!state.gone) throw error;
  }
  if (!keepOpen && !state.gone) channel.end();
}

function toBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}

function drained(channel: ClientChannel): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      channel.off('drain', go);
      channel.off('close', go);
      resolve();
    };
    channel.once('drain', go);
    channel.once('close', go);
  });
}

class BoundedBuffer {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  overflowed = false;

  constructor(private readonly limit: number) {}

  add(chunk: Buffer): void {
    const room = this.limit - this.size;
    if (chunk.length > room) this.overflowed = true;
    if (room <= 0) return;
    const kept = chunk.subarray(0, room);
    this.chunks.push(kept);
    this.size += kept.length;
  }

  take(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
