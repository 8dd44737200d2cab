import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Address } from '../../config/address.js';

function isEmpty(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENODATA';
}

/**
 * All IPv4 and IPv6 addresses of a name.
 * @param server undefined: the servers of the machine
 * @param timeout milliseconds
 * @throws when the name is unknown, has no address, or nobody answers
 */
export async function resolveAddresses(name: string, server: Address | undefined, timeout: number): Promise<string[]> {
  const resolver = new Resolver({ timeout: Math.max(1, timeout), tries: 1 });
  if (server) {
    const host = isIP(server.host) === 0 ? (await lookup(server.host)).address : server.host;
    resolver.setServers([isIP(host) === 6 ? `[${host}]:${server.port}` : `${host}:${server.port}`]);
  }
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  if (four.status === 'rejected' && !isEmpty(four.reason)) throw four.reason;
  const found = [...(four.status === 'fulfilled' ? four.value : []), ...(six.status === 'fulfilled' ? six.value : [])];
  if (found.length === 0) throw new Error(`${name} has no address`);
  return found.sort();
}
