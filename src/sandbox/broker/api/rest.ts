import type { Backups } from './backups.js';
import type { DiagnosticArchives } from './diagnostic-archives.js';
import type { ClientsApi } from './clients.js';
import { type Answer, type Route } from './http.js';

const prefix = '/api/v1/';

async function backups(api: Backups, method: string, id: string | undefined): Promise<Answer | undefined> {
  if (id === undefined) return method === 'GET' ? api.list() : method === 'POST' ? api.create() : undefined;
  return method === 'GET' ? api.info(id) : method === 'POST' ? api.restore(id) : undefined;
}

async function clients(api: ClientsApi, method: string, url: URL, rest: string[]): Promise<Answer | undefined> {
  const [clientId, part] = rest;
  if (clientId === undefined) return method === 'GET' ? api.list(url) : undefined;
  if (part === undefined)
    return method === 'GET'
      ? api.details(clientId)
      : method === 'DELETE'
        ? api.disconnect(clientId, url, true)
        : undefined;
  if (part === 'connection')
    return method === 'GET'
      ? api.connection(clientId)
      : method === 'DELETE'
        ? api.disconnect(clientId, url, false)
        : undefined;
  if (part === 'subscriptions' && method === 'GET') return api.subscriptions(clientId);
  return undefined;
}

/** What the REST API is made of. */
export interface RestParts {
  backups: Backups;
  clients: ClientsApi;
  diagnostics: DiagnosticArchives;
}

/** The parts of HiveMQ's REST API for backups, diagnostic archives and MQTT clients (OpenAPI specification 4.30.0). */
export function restRoute(api: RestParts): Route {
  return async (method, url) => {
    if (!url.pathname.startsWith(prefix)) return { status: 404 };
    const [area, kind, ...rest] = url.pathname
      .slice(prefix.length)
      .replace(/\/$/, '')
      .split('/')
      .map(decodeURIComponent);
    let answer: Answer | undefined;
    if (area === 'management' && kind === 'backups' && rest.length <= 1)
      answer = await backups(api.backups, method, rest[0]);
    else if (area === 'management' && kind === 'diagnostic-archives' && rest.length === 0 && method === 'POST')
      answer = await api.diagnostics.create();
    else if (
      area === 'management' &&
      kind === 'files' &&
      rest[0] === 'backups' &&
      method === 'GET' &&
      rest[1] !== undefined
    ) {
      answer = await api.backups.download(rest[1]);
    } else if (area === 'mqtt' && kind === 'clients') answer = await clients(api.clients, method, url, rest);
    return answer ?? { status: method === 'GET' ? 404 : 405 };
  };
}
