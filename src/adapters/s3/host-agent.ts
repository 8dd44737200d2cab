import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { RemoteHost } from '../ports/index.js';

type Connected = (error: Error | null, stream: Duplex) => void;
type Opener = Pick<RemoteHost, 'open'>;

/** Lets HTTP requests leave from a host: names are resolved there, and connections are made there. */
export class HostHttpAgent extends HttpAgent {
  constructor(
    private readonly host: Opener,
    private readonly signal?: AbortSignal,
  ) {
    super({ keepAlive: false });
  }

  override createConnection(options: ClientRequestArgs, done?: Connected): undefined {
    hand(openFor(this.host, options, 80, this.signal), done);
  }
}

/** As `HostHttpAgent`; the worker itself speaks TLS through the connection, so that the host sees nothing of it. */
export class HostHttpsAgent extends HttpsAgent {
  constructor(
    private readonly host: Opener,
    private readonly trusted: readonly string[] | undefined,
    private readonly signal?: AbortSignal,
  ) {
    super({ keepAlive: false });
  }

  override createConnection(options: RequestOptions, done?: Connected): undefined {
    const secured = openFor(this.host, options, 443, this.signal).then((socket) => {
      const name = options.host ?? '';
      // A server name must not be an address; the certificate is compared with the host either way.
      const identity = isIP(name) === 0 ? { host: name, servername: name } : { host: name };
      return connect({ socket, ...identity, ...(this.trusted && { ca: [...this.trusted] }) });
    });
    hand(secured, done);
  }
}

function openFor(host: Opener, options: ClientRequestArgs, usual: number, signal?: AbortSignal): Promise<Duplex> {
  const address = (options.host ?? 'localhost').replace(/^\[(.*)\]$/, '$1');
  return host.open(address, Number(options.port ?? usual), signal);
}

function hand(connection: Promise<Duplex>, done: Connected | undefined): void {
  connection.then(
    (stream) => done?.(null, stream),
    (error: unknown) => fail(done, error),
  );
}

/** The declared type of the callback asks for a stream even where there is none. */
function fail(done: ((error: Error, ...none: never[]) => void) | undefined, error: unknown): void {
  done?.(error instanceof Error ? error : new Error(String(error)));
}
