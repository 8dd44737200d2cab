import { isHivekeeperError } from '../../../domain/errors/index.js';
import { readHealth, type NodeHealth } from '../../../domain/products/hivemq/health.js';
import type { Member } from './context.js';

/** One look must be short: it is repeated, and a broker that hangs is as good as one that does not answer. */
const timeout = 5_000;

/**
 * Asks a node's health API; null while nothing sensible answers there or the API is off.
 * @throws HostUnreachable and the like, when the host itself cannot be asked
 */
export async function askHealth({ host, health }: Member, signal?: AbortSignal): Promise<NodeHealth | null> {
  if (health === null) return null;
  const get = (path: string) => host.request({ ...health, method: 'GET', path, timeout }, signal);
  try {
    const [whole, readiness] = await Promise.all([get('/api/v1/health/'), get('/api/v1/health/readiness')]);
    return readHealth(whole.body, readiness.status);
  } catch (error) {
    if (isHivekeeperError(error, 'ApiUnreachable')) return null;
    throw error;
  }
}
