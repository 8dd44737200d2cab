import { isHivekeeperError } from '../../../domain/errors/index.js';
import { readHealth, type NodeHealth } from '../../../domain/products/hivemq/health.js';
import type { MembershipView } from '../../../domain/observation/index.js';
import type { HttpResponse } from '../../ports/index.js';
import type { Endpoint } from '../../../domain/products/hivemq/spec/index.js';
import type { Member } from './context.js';
import { readLogReport } from './log-report.js';

/** One look must be short: it is repeated, and a broker that hangs is as good as one that does not answer. */
const timeout = 5_000;

/**
 * A broker without a cluster needs no health API to be seen: its log tells that it started, and every listener takes a
 * connection. What only the API knows is null.
 */
async function withoutApi(
  member: Member,
  seenBy: readonly Endpoint[],
  signal?: AbortSignal,
): Promise<NodeHealth | null> {
  const { facts } = await readLogReport(member, undefined, signal);
  if (!facts.started || facts.stopping) return null;
  const listeners = await Promise.all(
    seenBy.map(async ({ address, port }) => {
      const running = await member.host.canConnect(address, port, timeout);
      return { name: `${address}:${port}`, address, port, running };
    }),
  );
  return { status: 'UP', version: null, startedAt: null, view: null, listeners, readiness: true };
}

/**
 * Asks a node's health API; null while nothing sensible answers there.
 * @throws HostUnreachable and the like, when the host itself cannot be asked
 */
export async function askHealth(member: Member, signal?: AbortSignal): Promise<NodeHealth | null> {
  if (member.seenBy !== null) return withoutApi(member, member.seenBy, signal);
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
