import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { HivekeeperError } from '../../domain/errors/index.js';
import { hangUp } from './channel.js';
import { type ForwardPlace, placeText, type SshConnection } from './connection.js';
import { reasonOf } from './semaphore.js';

/** Milliseconds in which the host must have connected. */
const connectTimeout = 10_000;

/** One forwarded channel as an ordinary stream, whose `destroy` frees the channel. @throws ApiUnreachable */
export async function forwardedStream(
  host: string,
  connection: SshConnection,
  place: ForwardPlace,
  signal?: AbortSignal,
): Promise<Duplex> {
  const channel = await connection.forward(place, { signal, timeout: connectTimeout });
  if (channel) return new ForwardedStream(channel, signal);
  const advice =
    'socket' in place
      ? 'what serves it runs there, and that the log-in user may connect to it'
      : 'the broker runs there and listens on this port';
  throw new HivekeeperError(
    'ApiUnreachable',
    `${host}: nothing accepts connections on ${placeText(place)}, seen from the host itself. Check that ${advice}.`,
    { host, ...place },
  );
}

/** A channel of ssh2 alone tells of its end only when the server has agreed, and keeps its place while output is unread. */
class ForwardedStream extends Duplex {
  private readonly onAbort = (): void => void this.destroy(reasonOf(this.signal));

  constructor(
    private readonly channel: ClientChannel,
    private readonly signal: AbortSignal | undefined,
  ) {
    super();
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    let ended = false;
    channel.on('end', () => {
      ended = true;
      this.push(null);
    });
    channel.on('close', () => {
      if (!ended) this.destroy(new Error('the connection was closed'));
      else if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
    channel.pause();
    if (signal?.aborted) this.onAbort();
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.channel.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.signal?.removeEventListener('abort', this.onAbort);
    hangUp(this.channel);
    done(error);
  }
}
