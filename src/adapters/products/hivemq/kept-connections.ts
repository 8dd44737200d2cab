import { Agent, request as httpRequest } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import { HivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { HttpRequest, HttpResponse, RemoteHost } from '../../ports/index.js';

/** Connections that stay open; the other channels of the host's connection are left to others. */
const most = 6;
const answerWithin = 10_000;
const bodyLimit = 32 * 1024 * 1024;

/**
 * Requests to one API of a host over a few forwarded connections that are used again and again: for thousands of calls,
 * where a connection each would take longer than the call.
 */
export class KeptConnections {
  private readonly agent: ForwardingAgent;

  constructor(
    private readonly host: RemoteHost,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.agent = new ForwardingAgent(host, signal);
  }

  /** @throws ApiUnreachable without the path, which may hold the id of a client */
  async request({ address, port, method, path, headers }: HttpRequest): Promise<HttpResponse> {
    try {
      return await new Promise<HttpResponse>((resolve, reject) => {
        const outgoing = httpRequest(
          { agent: this.agent, host: address, port, method, path, headers: { ...headers } },
          (incoming) => {
            const chunks: Buffer[] = [];
            let size = 0;
            incoming.on('data', (chunk: Buffer) => {
              size += chunk.length;
              if (size > bodyLimit) outgoing.destroy(new Error(`the answer is larger than ${bodyLimit} bytes`));
              else chunks.push(chunk);
            });
            incoming.once('error', reject);
            incoming.once('end', () =>
              resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
            );
          },
        );
        const timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), answerWithin);
        outgoing.once('error', reject);
        outgoing.once('close', () => clearTimeout(timer));
        outgoing.end();
      });
    } catch (error) {
      this.signal?.throwIfAborted();
      const message = `${this.host.name}: the API at ${address}:${port} did not answer a ${method}: ${messageOf(error)}`;
      throw new HivekeeperError('ApiUnreachable', message, { host: this.host.name });
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What node:http asks of a socket and a stream does not have; none of it means anything here. */
const nothing = (): void => undefined;
const socketOnly = { ref: nothing, unref: nothing, setKeepAlive: nothing, setTimeout: nothing };

/** node:http keeps the connections and their order. */
class ForwardingAgent extends Agent {
  constructor(
    private readonly host: RemoteHost,
    private readonly signal: AbortSignal | undefined,
  ) {
    super({ keepAlive: true, maxSockets: most, maxFreeSockets: most, scheduling: 'fifo' });
  }

  override createConnection(
    { host, port }: { host?: string | null; port?: number | string | null },
    done?: (error: Error | null, stream: Duplex) => void,
  ): null {
    this.host.open(host ?? '', Number(port), this.signal).then(
      (stream) => done?.(null, Object.assign(stream, socketOnly)),
      // The stream is none then, which the type does not know.
      (error: unknown) => done?.(error instanceof Error ? error : new Error(messageOf(error)), new PassThrough()),
    );
    return null;
  }
}
