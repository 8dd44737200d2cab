import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Address } from '../config/address.js';
import type { ControlCenterConfig } from '../config/control-center.js';
import type { TlsMaterial } from '../tls/material.js';

const page = (text: string): string =>
  `<!doctype html><html><head><title>HiveMQ Control Center</title></head><body><h1>HiveMQ Control Center</h1>${text}</body></html>\n`;
const form =
  '<form method="post" action="/login"><input name="username"><input name="password" type="password"><button>Log in</button></form>';

/** Whether a password is that of a user: the configuration holds SHA-256 of name and password together, in hexadecimal digits. */
export function mayEnter(users: ControlCenterConfig['users'], name: string, password: string): boolean {
  const given = createHash('sha256').update(`${name}${password}`).digest();
  return users.some((user) => {
    const wanted = Buffer.from(user.password, 'hex');
    return user.name === name && wanted.length === given.length && timingSafeEqual(wanted, given);
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A log-in page, and a log-in that tells right passwords from wrong ones: enough to see that the port is reached. */
export function controlCenter(users: ControlCenterConfig['users']): RequestListener {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = (status: number, text: string): void =>
      void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page(text));
    if (request.method !== 'POST') {
      request.resume();
      answer(200, form);
      return;
    }
    const fields = new URLSearchParams(await bodyOf(request));
    const enters = mayEnter(users, fields.get('username') ?? '', fields.get('password') ?? '');
    answer(enters ? 200 : 401, enters ? '<p>Welcome.</p>' : form);
  };
  return (request, response) => void handle(request, response).catch(() => response.destroy());
}

/**
 * @returns the server, and how it is given other key material for connections to come
 * @throws when the port is in use
 */
export async function serveControlCenter(
  { host, port }: Address,
  users: ControlCenterConfig['users'],
  material: TlsMaterial | undefined,
): Promise<{ server: Server; update: (material: TlsMaterial) => void }> {
  const listener = controlCenter(users);
  const secure = material && createSecureServer(material.options, listener);
  const server = secure ?? createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { server, update: (changed) => secure?.setSecureContext(changed.options) };
}
