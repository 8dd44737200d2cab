import { z } from 'zod';
import { parseJson } from './health.js';

const pageSchema = z.object({
  items: z.array(z.object({ id: z.string() })),
  _links: z.object({ next: z.string().optional() }).nullish(),
});

/** Only what is needed: passwords, user names and addresses of clients are never read out of the answer. */
const detailsSchema = z.object({
  client: z.object({
    connected: z.boolean().optional(),
    connectedAt: z.string().nullish(),
    messageQueueSize: z.number().nonnegative().nullish(),
    connection: z.object({ connectedNodeId: z.string().nullish() }).nullish(),
  }),
});

/** One page of HiveMQ's list of clients, which has the clients of all nodes, offline ones included. */
export interface ClientPage {
  readonly ids: readonly string[];
  /** Path of the next page; null after the last one. */
  readonly next: string | null;
}

export interface ClientDetails {
  /** Id of the node that the client is connected to; null while it is offline. */
  readonly nodeId: string | null;
  /** Milliseconds since 1970 by the clock of that node; tells one connection from the next. */
  readonly connectedAt: number | null;
  readonly queued: number;
}

const listPath = '/api/v1/mqtt/clients';

/** The API allows 50 to 2500. */
export const firstPage = `${listPath}?limit=2500`;

/** Null where the text is no such page, one that leads elsewhere included. */
export function readClientPage(text: string): ClientPage | null {
  const parsed = pageSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const next = parsed.data._links?.next ?? null;
  const path = next === null ? null : next.replace(/^https?:\/\/[^/]+/, '');
  if (path !== null && !path.startsWith(`${listPath}?`)) return null;
  return { ids: parsed.data.items.map(({ id }) => id), next: path };
}

/** Null where the text is no client. */
export function readClient(text: string): ClientDetails | null {
  const parsed = detailsSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { connected, connectedAt, messageQueueSize, connection } = parsed.data.client;
  const since = Date.parse(connectedAt ?? '');
  return {
    nodeId: connected === false ? null : (connection?.connectedNodeId ?? null),
    connectedAt: Number.isNaN(since) ? null : since,
    queued: messageQueueSize ?? 0,
  };
}

/** A client id as RFC 3986 wants it in a path. */
function encoded(id: string): string {
  return encodeURIComponent(id).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export const clientPath = (id: string): string => `${listPath}/${encoded(id)}`;

/** DELETE ends the connection and keeps the session. */
export const connectionPath = (id: string, publishWill: boolean): string =>
  `${clientPath(id)}/connection?preventWillMessage=${!publishWill}`;
