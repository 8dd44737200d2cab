import { resolveFromHost } from '../../../adapters/dns/index.js';
import type { DiscoveryFacts } from '../../../domain/checks/index.js';
import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { DiscoveryName } from '../../../domain/products/index.js';
import type { Participant } from './participants.js';

/** What the name of DNS discovery leads to, asked from one of the nodes. */
export async function nameFacts(
  { name, server }: DiscoveryName,
  participants: readonly Participant[],
  signal: AbortSignal,
): Promise<DiscoveryFacts['name']> {
  const [asked] = participants;
  if (!asked) return null;
  try {
    const addresses = await resolveFromHost(asked.host, name, server, signal);
    const missing = participants.filter(({ address }) => !addresses.includes(address)).map((one) => one.name);
    return { name, addresses, missing, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return { name, addresses: [], missing: [], problem: messageOf(error) };
    throw error;
  }
}
