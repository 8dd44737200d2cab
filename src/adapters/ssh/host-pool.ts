import type { HostPool, HostTarget, RemoteHost } from '../ports/index.js';
import { SshConnection } from './connection.js';
import { dial, scanHostKeys, type DialOptions } from './dial.js';
import { reasonOf } from './semaphore.js';
import { SshHost } from './ssh-host.js';
import { HivekeeperError } from '../../domain/errors/index.js';

export interface PoolOptions extends DialOptions {
  /** Milliseconds after the last channel closed until the connection is given up. */
  readonly idleTimeout: number;
}

const defaults: PoolOptions = {
  connectTimeout: 10_000,
  handshakeTimeout: 20_000,
  // A host that is cut off is noticed after 15 to 20 s, well before an activity's own timeouts.
  keepaliveInterval: 5_000,
  keepaliveCountMax: 3,
  idleTimeout: 120_000,
};

/** Connections of a worker by target: opened once for all who ask, opened again when lost, closed when idle. */
export class SshHostPool implements HostPool {
  private readonly options: PoolOptions;
  private readonly connections = new Map<string, Promise<SshConnection>>();
  private readonly closing = new AbortController();

  constructor(options: Partial<PoolOptions> = {}) {
    this.options = { ...defaults, ...options };
  }

  async connect(target: HostTarget, signal?: AbortSignal): Promise<RemoteHost> {
    await this.connection(target, signal);
    return new SshHost(target, (callSignal) => this.connection(target, callSignal));
  }

  scan(address: string, port: number): Promise<string[]> {
    return scanHostKeys(address, port, this.options);
  }

  async close(): Promise<void> {
    this.closing.abort(new HivekeeperError('Internal', 'The pool of SSH connections is closed.'));
    const open = await Promise.allSettled(this.connections.values());
    for (const result of open) if (result.status === 'fulfilled') result.value.close();
    this.connections.clear();
  }

  private async connection(target: HostTarget, signal: AbortSignal | undefined): Promise<SshConnection> {
    for (;;) {
      signal?.throwIfAborted();
      this.closing.signal.throwIfAborted();
      const opening = this.shared(target);
      const connection = await orAborted(opening, signal);
      if (connection.usable) return connection;
      connection.retire();
      this.forget(target, opening);
    }
  }

  /** One attempt for all callers; one caller's abort does not end it for the others. */
  private shared(target: HostTarget): Promise<SshConnection> {
    const key = keyOf(target);
    const known = this.connections.get(key);
    if (known) return known;
    const opening: Promise<SshConnection> = this.open(target, () => this.forget(target, opening));
    this.connections.set(key, opening);
    opening.catch(() => this.forget(target, opening));
    return opening;
  }

  private async open(target: HostTarget, onClosed: () => void): Promise<SshConnection> {
    const client = await dial(target, this.options, this.closing.signal);
    return new SshConnection(client, target, this.options.idleTimeout, onClosed);
  }

  private forget(target: HostTarget, opening: Promise<SshConnection>): void {
    const key = keyOf(target);
    if (this.connections.get(key) === opening) this.connections.delete(key);
  }
}

const keyOf = (target: HostTarget): string =>
  JSON.stringify([target.address, target.port, target.user, target.privateKeyFile, target.hostKeys]);

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
