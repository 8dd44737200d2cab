import { request as httpRequest } from 'node:http';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { HttpRequest, HttpResponse } from '../ports/index.js';
import { hangUp } from './channel.js';
import type { SshConnection } from './connection.js';
import { reasonOf } from './semaphore.js';

const bodyLimit = 32 * 1024 * 1024;
const defaultTimeout = 10_000;

/** One request over one forwarded channel: no retries, no second connection to the host. @throws ApiUnreachable */
export async function requestOver(
  host: string,
  connection: SshConnection,
  request: HttpRequest,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const timeout = request.timeout ?? defaultTimeout;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(reasonOf(signal));
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    return await exchange(connection, request, stop.signal);
  } catch (error) {
    if (signal?.aborted) throw reasonOf(signal);
    if (isHivekeeperError(error)) throw error;
    const reason = stop.signal.aborted ? messageOf(stop.signal.reason) : messageOf(error);
    throw new HivekeeperError(
      'ApiUnreachable',
      `${host}: ${request.method} http://${request.address}:${request.port}${request.path} failed: ${reason}. ` +
        'Check that the broker runs there and that this API is enabled on this port.',
      { host, address: request.address, port: request.port, path: request.path },
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function exchange(connection: SshConnection, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const channel = await connection.forward({ address: request.address, port: request.port }, { signal });
  if (!channel) throw new Error('connection refused');
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      const outgoing = httpRequest(
        {
          createConnection: () => channel,
          host: request.address,
          port: request.port,
          method: request.method,
          path: request.path,
          headers: { connection: 'close', ...request.headers },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > bodyLimit) reject(new Error(`the answer is larger than ${bodyLimit} bytes`));
            else chunks.push(chunk);
          });
          incoming.once('error', reject);
          incoming.once('aborted', () => reject(new Error('the connection was closed within the answer')));
          incoming.once('end', () =>
            resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      // A channel tells of its end only when the other side has agreed, so nothing here waits for that.
      signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true });
      if (isAborted(signal)) reject(reasonOf(signal));
      outgoing.on('error', reject);
      outgoing.end();
    });
  } finally {
    hangUp(channel);
  }
}

/** Asked again after a wait, which the compiler cannot know of. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
