import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../../../src/adapters/products/hivemq/clock.js';

/** What an API answers to `METHOD /path?query`; undefined: 404. */
export type Answers = (call: string) => { readonly status: number; readonly body?: unknown } | undefined;

/** An HTTP server that answers what a test says; it ends with the test. @returns the calls that came */
export async function answerOn(address: string, port: number, answers: Answers): Promise<string[]> {
  const calls: string[] = [];
  const server: Server = createServer((request: IncomingMessage, response) => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    calls.push(call);
    const answer = answers(call) ?? { status: 404, body: { errors: [{ title: 'Resource not found' }] } };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  server.listen(port, address);
  await once(server, 'listening');
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return calls;
}

/** A clock that does not wait: sleeping moves its time on. */
export class JumpingClock implements Clock {
  private time = Date.now();

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The answers of a health API for this node id. */
export const healthAnswers =
  (nodeId: string): Answers =>
  () => ({
    status: 200,
    body: {
      status: 'UP',
      components: {
        cluster: {
          status: 'UP',
          details: {
            'cluster-nodes': [nodeId],
            'node-id': nodeId,
            'node-state': 'RUNNING',
            'is-leave-replication-in-progress': false,
          },
        },
      },
    },
  });
