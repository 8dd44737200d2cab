import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import { type ClusterObservation, type NodeObservation, unknownNode } from '../../domain/observation/index.js';
import { isServing } from '../../domain/checks/index.js';
import type { ClusterSession } from '../cluster-session.js';

/** Reads the real cluster: all hosts that are, were or may become members, side by side. */
export async function observeCluster(
  session: ClusterSession,
  options: { withClients: boolean; signal?: AbortSignal },
): Promise<ClusterObservation> {
  const at = new Date().toISOString();
  const nodes = await Promise.all(session.nodeHosts().map((name) => observeNode(session, name, options.signal)));
  const observation = { cluster: session.spec.name, at, nodes };
  return options.withClients ? await withClients(session, observation) : observation;
}

async function observeNode(session: ClusterSession, name: string, signal?: AbortSignal): Promise<NodeObservation> {
  try {
    const host = await session.connect(name, signal);
    return await session.driver.observe({ spec: session.spec, host, name, members: session.members, peers: [] });
  } catch (error) {
    signal?.throwIfAborted();
    return unknownNode(name, messageOf(error));
  }
}

/** Clients are counted once for the whole cluster, through any member that serves; unknown stays null. */
async function withClients(session: ClusterSession, observation: ClusterObservation): Promise<ClusterObservation> {
  const serving = observation.nodes.filter((node) => session.members.includes(node.host) && isServing(node));
  // Independent nodes know of their own clients only.
  const asked = session.product.clustered(session.spec) ? serving.slice(0, 1) : serving;
  const counts = await Promise.all(asked.map((node) => countClients(session, node.host)));
  const clientsOf = new Map(counts.flatMap((one) => Object.entries(one ?? {})));
  const nodes = observation.nodes.map((node) => {
    const clients = clientsOf.get(node.host);
    return clients === undefined ? node : { ...node, clients };
  });
  return { ...observation, nodes };
}

async function countClients(session: ClusterSession, host: string): Promise<Readonly<Record<string, number>> | null> {
  try {
    return await session.driver.countClients(await session.driven(host));
  } catch (error) {
    if (isHivekeeperError(error)) return null;
    throw error;
  }
}
