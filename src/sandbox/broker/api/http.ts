import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Address } from '../config/address.js';

/** An answer of one of the APIs; `body` is JSON, `bytes` a file. */
export interface Answer {
  status: number;
  body?: unknown;
  bytes?: Buffer;
}

export type Route = (method: string, url: URL) => Promise<Answer>;

export function problem(status: number, title: string, detail: string): Answer {
  return { status, body: { errors: [{ title, detail }] } };
}

/** The texts of the OpenAPI specification's examples. */
export const problems = {
  notFound: (id: string): Answer => problem(404, 'Resource not found', `Resource with id '${id}' not found`),
  invalid: (name: string): Answer => problem(400, 'Parameter invalid', `Query parameter '${name}' is invalid`),
  unavailable: (): Answer =>
    problem(
      503,
      'The endpoint is temporarily not available',
      'The endpoint is temporarily not available, please try again later',
    ),
  cursor: (): Answer =>
    problem(
      410,
      'Cursor not valid anymore',
      'The passed cursor is not valid anymore, you can request this resource without a cursor to start from the beginning',
    ),
};

function send(response: ServerResponse, { status, body, bytes }: Answer): void {
  if (bytes) response.writeHead(status, { 'content-type': 'application/octet-stream' }).end(bytes);
  else if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function handle(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  try {
    send(response, await route(request.method ?? 'GET', new URL(request.url ?? '/', 'http://localhost')));
  } catch {
    send(response, problems.unavailable());
  }
}

/** @throws when the port is in use */
export async function serveHttp(address: Address, route: Route): Promise<Server> {
  const server = createServer((request, response) => void handle(route, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return server;
}
