import { servedCertificate } from '../../adapters/tls/index.js';
import { isServing, type SeenListener } from '../../domain/checks/index.js';
import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import { rendererOf } from '../../render/products/index.js';
import type { ClusterSession } from '../cluster-session.js';

/** What every listener with TLS of each serving member shows in a handshake from its node. */
export async function seenCertificates(
  session: ClusterSession,
  observation: ClusterObservation,
  signal: AbortSignal,
): Promise<SeenListener[]> {
  const serving = observation.nodes.filter((node) => session.members.includes(node.host) && isServing(node));
  const seen = await Promise.all(serving.map(({ host }) => seenOn(session, host, signal)));
  return seen.flat();
}

async function seenOn(session: ClusterSession, host: string, signal: AbortSignal): Promise<SeenListener[]> {
  const listeners = rendererOf(session.spec)
    .listeners(session.spec, host)
    .filter(({ keystore, readable }) => keystore !== null && readable);
  return Promise.all(
    listeners.map(async ({ title: listener, address, port }) => {
      try {
        const connected = await session.connect(host, signal);
        const { chain } = await servedCertificate(connected, { address, port }, undefined, signal);
        const [leaf] = chain;
        return { host, listener, certificate: leaf ?? null, problem: null };
      } catch (error) {
        if (!isHivekeeperError(error)) throw error;
        return { host, listener, certificate: null, problem: messageOf(error) };
      }
    }),
  );
}
