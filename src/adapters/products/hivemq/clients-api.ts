import { HivekeeperError } from '../../../domain/errors/index.js';
import {
  clientPath,
  connectionPath,
  firstPage,
  readClient,
  readClientPage,
  type ClientDetails,
  type ClientPage,
} from '../../../domain/products/hivemq/clients.js';
import type { RestApi } from './rest-api.js';
import { inParallel } from './in-parallel.js';

/** Requests for details under way at once; the rest of a connection's channels is left to others. */
const parallel = 6;

/** The cursor of a listing became invalid: what was read so far is not a whole. */
export class ListingBroken extends Error {}

/** Ids of all clients of the cluster, page by page; a page is read while the one before is worked on. @throws ListingBroken */
export async function* clientIds(rest: RestApi): AsyncGenerator<string> {
  let reading: Promise<ClientPage> | null = pageAt(rest, firstPage);
  while (reading !== null) {
    const page: ClientPage = await reading;
    reading = page.next === null ? null : pageAt(rest, page.next);
    // One that nobody reads any more is no unhandled rejection.
    reading?.catch(() => undefined);
    yield* page.ids;
  }
}

async function pageAt(rest: RestApi, path: string): Promise<ClientPage> {
  const response = await rest.call('GET', path);
  if (response.status === 410) throw new ListingBroken('the list of clients changed while it was read');
  const page = response.status === 200 ? readClientPage(response.body) : null;
  if (page === null) throw rest.refusal('list clients', response);
  return page;
}

/** Null for a client that is gone meanwhile. */
export async function clientDetails(rest: RestApi, id: string): Promise<ClientDetails | null> {
  const response = await rest.call('GET', clientPath(id));
  if (response.status === 404) return null;
  const details = response.status === 200 ? readClient(response.body) : null;
  if (details === null) throw rest.refusal('describe a client', response);
  return details;
}

/** Ends a client's connection; its session stays. A client that is gone already is as good. */
export async function disconnectClient(rest: RestApi, id: string, publishWill: boolean): Promise<void> {
  const response = await rest.call('DELETE', connectionPath(id, publishWill));
  if (response.status !== 204 && response.status !== 404) throw rest.refusal('disconnect a client', response);
}

/** All clients with their details, looked up a few at a time and only as fast as they are taken. @throws ListingBroken */
export async function* allClients(rest: RestApi): AsyncGenerator<readonly [string, ClientDetails]> {
  const looked = inParallel(clientIds(rest), parallel, async (id) => [id, await clientDetails(rest, id)] as const);
  for await (const [id, details] of looked) {
    if (details !== null) yield [id, details];
  }
}

const mostListings = 5;

/** Reads the whole list with `read`, anew when its cursor broke. @throws ApiUnreachable when that goes on */
export async function wholeListing<T>(name: string, read: () => Promise<T>): Promise<T> {
  for (let listing = 1; ; listing++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ListingBroken)) throw error;
      if (listing < mostListings) continue;
      throw new HivekeeperError('ApiUnreachable', `${name}: ${error.message}, ${mostListings} times in a row`, {
        host: name,
      });
    }
  }
}
