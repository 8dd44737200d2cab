import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { HostTarget } from '../ports/index.js';
import { hangUp, hungUp, watchExit, type CommandChannel } from './channel.js';
import { Semaphore, reasonOf } from './semaphore.js';
import { fieldOf, unreachable } from './ssh-errors.js';

/** sshd allows 10 sessions on a connection by default; two are left for people and for channels that are just closing. */
const maxChannels = 8;
/**
 * Milliseconds that sshd gets to close a channel that was hung up. It waits for the program, and some programs cannot
 * be signalled (those of root, those behind sudo). A connection with such a channel has a session less and is retired.
 */
const hangUpGrace = 1_000;
/** sshd frees a session only after it has told of its end; a refused channel is asked for again for this long. */
const refusedRetries = { count: 40, pause: 25 } as const;
/** Followed logs and copies last long; two channels always remain for short commands, so that these cannot be starved. */
const maxLongLived = 6;

/**
 * RFC 4254, section 5.1, reason 1. OpenSSH adds words; a server built on ssh2 has no other code for a connection that
 * failed and sends it without any.
 */
const isProhibited = (error: unknown): boolean =>
  fieldOf(error, 'reason') === 1 && !/failure: ?$/.test(messageOf(error));

interface ChannelOptions {
  readonly longLived?: boolean;
  readonly signal?: AbortSignal;
}

interface ForwardOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

/** What a connection is forwarded to, as the host sees it. */
export type ForwardPlace = { readonly address: string; readonly port: number } | { readonly socket: string };

export const placeText = (place: ForwardPlace): string =>
  'socket' in place ? place.socket : `${place.address}:${place.port}`;

type StartChannel = (done: (error: Error | undefined, channel?: ClientChannel) => void) => unknown;

/** One open SSH connection and its channels. */
export class SshConnection {
  private readonly channels = new Semaphore(maxChannels);
  private readonly longLived = new Semaphore(maxLongLived);
  private open = 0;
  private retired = false;
  private idleTimer: NodeJS.Timeout | undefined;
  private failure: Error | undefined;
  private closed = false;

  constructor(
    private readonly client: Client,
    private readonly target: HostTarget,
    private readonly idleTimeout: number,
    onClosed: () => void,
  ) {
    client.setMaxListeners(0);
    client.on('error', (error) => {
      this.failure ??= error;
    });
    const lost = (): void => {
      this.closed = true;
      clearTimeout(this.idleTimer);
      onClosed();
    };
    client.on('end', lost);
    client.on('close', lost);
    this.rest();
  }

  /** Whether a new channel may be tried; false for good once the connection is lost. */
  get usable(): boolean {
    return !this.closed && !this.retired && this.failure === undefined;
  }

  /** Takes no new work from the pool and closes after the last channel that is in use. */
  retire(): void {
    this.retired = true;
    if (this.open === 0 || this.failure) this.close();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.idleTimer);
    this.client.end();
  }

  /** Starts a command. The place of the channel is free again when the channel has closed. */
  async exec(line: string, options: ChannelOptions = {}): Promise<CommandChannel> {
    // The exit status may be in the same packet as the consent to the command, so it is listened for at once.
    let exit = (): number | null => null;
    const channel = await this.channel('a command', options, (done) =>
      this.client.exec(line, (error, opened) => {
        if (!error) exit = watchExit(opened);
        done(error, opened);
      }),
    );
    return { channel, exit };
  }

  /**
   * A connection from the host to a TCP port or a unix socket of it; null where the host could not connect, or not within
   * `timeout` milliseconds from the moment when sshd was asked. @throws ApiUnreachable when sshd forbids forwarding
   */
  async forward(place: ForwardPlace, options: ForwardOptions = {}): Promise<ClientChannel | null> {
    const { signal, timeout } = options;
    const what = `a connection to ${placeText(place)}`;
    const start: StartChannel = (done) =>
      'socket' in place
        ? this.client.openssh_forwardOutStreamLocal(place.socket, done)
        : this.client.forwardOut('127.0.0.1', 0, place.address, place.port, done);
    const late = new AbortController();
    const onAbort = (): void => late.abort(reasonOf(signal));
    const release = await this.takePlace({ signal });
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = timeout === undefined ? undefined : setTimeout(() => late.abort(), timeout);
    try {
      return await this.opened(start, release, late.signal);
    } catch (error) {
      if (signal?.aborted) throw reasonOf(signal);
      if (late.signal.aborted) return null;
      if (isProhibited(error)) throw this.prohibited(place, error);
      if (this.usable && typeof fieldOf(error, 'reason') === 'number') return null;
      throw this.notOpened(what, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The error for a channel that ended without a result. */
  lost(during: string): HivekeeperError {
    return unreachable(this.target, this.failure ?? new Error('the connection was closed'), during);
  }

  private async channel(what: string, options: ChannelOptions, start: StartChannel): Promise<ClientChannel> {
    for (let attempt = 1; ; attempt += 1) {
      const release = await this.takePlace(options);
      try {
        return await this.opened(start, release, options.signal);
      } catch (error) {
        if (options.signal?.aborted) throw reasonOf(options.signal);
        const refused = typeof fieldOf(error, 'reason') === 'number';
        if (!refused || !this.usable || attempt > refusedRetries.count) throw this.notOpened(what, error);
      }
      await sleep(refusedRetries.pause);
    }
  }

  private notOpened(what: string, error: unknown): HivekeeperError {
    if (!this.usable) return this.lost(what);
    const message = `${this.target.name} refused ${what}: ${messageOf(error)}.`;
    return new HivekeeperError('HostUnreachable', message, { host: this.target.name }, { cause: error });
  }

  private prohibited(place: ForwardPlace, cause: unknown): HivekeeperError {
    const setting =
      'socket' in place
        ? 'AllowStreamLocalForwarding to yes or local'
        : 'AllowTcpForwarding to yes or local, and PermitOpen if it is used,';
    const message = `sshd of ${this.target.name} forbids forwarding to ${placeText(place)}. Set ${setting} for ${this.target.user}.`;
    return new HivekeeperError('ApiUnreachable', message, { host: this.target.name, ...place }, { cause });
  }

  private async takePlace({ longLived, signal }: ChannelOptions): Promise<() => void> {
    this.busy();
    const releases: (() => void)[] = [() => this.rest()];
    const release = (): void => {
      for (const give of releases.splice(0)) give();
    };
    try {
      if (longLived) releases.push(await this.longLived.acquire(signal));
      releases.push(await this.channels.acquire(signal));
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Settles early on an abort or a lost connection; the place is given back only when sshd has answered or is gone. */
  private opened(start: StartChannel, release: () => void, signal: AbortSignal | undefined): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(reasonOf(signal));
      const onLost = (): void => {
        release();
        reject(this.failure ?? new Error('the connection was closed'));
      };
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.client.off('close', onLost);
      };
      const done = (error: Error | undefined, channel?: ClientChannel): void => {
        settle();
        if (error || !channel) {
          release();
          reject(error ?? new Error('no channel'));
          return;
        }
        channel.once('close', release);
        channel.once(hungUp, () => this.letGo(channel, release));
        channel.on('error', () => undefined);
        if (signal?.aborted) hangUp(channel);
        resolve(channel);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.client.once('close', onLost);
      try {
        start(done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  private letGo(channel: ClientChannel, release: () => void): void {
    const timer = setTimeout(() => {
      this.retired = true;
      release();
    }, hangUpGrace);
    channel.once('close', () => clearTimeout(timer));
  }

  private busy(): void {
    this.open += 1;
    clearTimeout(this.idleTimer);
  }

  private rest(): void {
    this.open = Math.max(0, this.open - 1);
    if (this.open > 0 || this.closed) return;
    if (this.retired) {
      this.close();
      return;
    }
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => this.close(), this.idleTimeout);
    this.idleTimer.unref();
  }
}
