import { isHivekeeperError } from '../../../domain/errors/index.js';
import { readHealth, type NodeHealth } from '../../../domain/products/hivemq/health.js';
import type { MembershipView } from '../../../domain/observation/index.js';
import type { HttpResponse } from '../../ports/index.js';
import type { Member } from './context.js';

/** One look must be short: it is repeated, and a broker that hangs is as good as one that does not answer. */
const timeout = 5_000;

/**
 * Asks a node's health API; null while nothing sensible answers there or the API is off.
 * @throws HostUnreachable and the like, when the host itself cannot be asked
 */
export async function askHealth(member: Member, signal?: AbortSignal): Promise<NodeHealth | null> {
  const [whole, readiness] = await Promise.all([
    get(member, '/api/v1/health/', signal),
    get(member, '/api/v1/health/readiness', signal),
  ]);
  return whole && readiness && readHealth(whole.body, readiness.status);
}

/** As `askHealth` with a single request, for what does not need the readiness. */
export async function askView(member: Member, signal?: AbortSignal): Promise<{ view: MembershipView | null } | null> {
  const whole = await get(member, '/api/v1/health/', signal);
  return whole && readHealth(whole.body, whole.status);
}

async function get({ host, health }: Member, path: string, signal?: AbortSignal): Promise<HttpResponse | null> {
  if (health === null) return null;
  try {
    return await host.request({ ...health, method: 'GET', path, timeout }, signal);
  } catch (error) {
    if (isHivekeeperError(error, 'ApiUnreachable')) return null;
    throw error;
  }
}
