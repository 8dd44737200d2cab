import { posix } from 'node:path';
import { probeDatagrams, probeTcp, readNetworks } from '../../../adapters/probe/index.js';
import type { DiscoveryFacts } from '../../../domain/checks/index.js';
import type { ClusterObservation } from '../../../domain/observation/index.js';
import type { ClusterSession } from '../../cluster-session.js';
import { bucketFacts } from './bucket-facts.js';
import { nameFacts } from './name-facts.js';
import { type Participant, participantsOf } from './participants.js';

/** Every host connects to every other, so their number is limited; what is different about a host shows among these. */
const probedAtMost = 8;

interface Request {
  /** Hosts that a node would be put on; none: nothing is tried out between hosts. */
  readonly targets: readonly string[];
  /** Whether nodes are going to be started: a broker that finds nobody at its start is a cluster of its own. */
  readonly starts: boolean;
  readonly observation: ClusterObservation;
  readonly signal: AbortSignal;
}

/**
 * Tries out how nodes find and reach each other: new ones first, with the members that are there. Nothing is changed by
 * it, but for an object that is put into the bucket and removed again where a node is going to be started.
 */
export async function discoveryFacts(session: ClusterSession, request: Request): Promise<DiscoveryFacts | null> {
  const { targets, starts, observation, signal } = request;
  if (!session.product.clustered(session.spec)) return null;
  const { datagrams, bucket, name, overruling } = session.product.discovery(session.spec);
  const participants = await participantsOf(session, [...new Set([...targets, ...session.members])], signal);
  const probed = targets.length > 0 ? participants.slice(0, probedAtMost) : [];
  const [reach, packets, ofBucket, ofName, left] = await Promise.all([
    session.product.transportProtocol(session.spec) === 'tcp' && probed.length > 1 ? probeTcp(probed, signal) : [],
    datagrams && probed.length > 1 ? datagramFacts(datagrams, probed, signal) : null,
    bucket ? bucketFacts(session, bucket, participants, observation, { write: starts, signal }) : null,
    name ? nameFacts(name, participants, signal) : null,
    leftOn(
      session,
      participants.filter((one) => targets.includes(one.name)),
      overruling,
      signal,
    ),
  ]);
  return {
    reach: reach.map(({ from, to, outcome, reason }) => ({ from, to, outcome, reason })),
    datagrams: packets,
    bucket: ofBucket?.bucket ?? null,
    announcements: ofBucket?.announcements ?? null,
    name: ofName,
    overruling: left,
    at: observation.at,
  };
}

async function datagramFacts(
  kind: { readonly type: 'multicast' | 'broadcast'; readonly group: string; readonly port: number },
  hosts: readonly Participant[],
  signal: AbortSignal,
): Promise<NonNullable<DiscoveryFacts['datagrams']>> {
  const [networks, delivered] = await Promise.all([readNetworks(hosts, signal), probeDatagrams(hosts, kind, signal)]);
  return {
    type: kind.type,
    group: kind.group,
    networks: networks.map(({ name, network, interface: device, broadcast, multicast }) => ({
      name,
      network,
      interface: device,
      broadcast,
      multicast,
    })),
    delivered,
  };
}

/** Files of older versions that are still there. */
async function leftOn(
  session: ClusterSession,
  hosts: readonly Participant[],
  files: readonly string[],
  signal: AbortSignal,
): Promise<{ host: string; path: string }[]> {
  if (files.length === 0) return [];
  const found = await Promise.all(
    hosts.map(async ({ name, host }) => {
      const { home } = session.resolved(name);
      const paths = files.map((file) => posix.join(home, file));
      const program = 'for file in "$@"; do [ ! -e "$file" ] || printf "%s\\n" "$file"; done';
      const { stdout } = await host.script(program, paths, { asUser: session.spec.broker.user, signal });
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((path) => ({ host: name, path }));
    }),
  );
  return found.flat();
}
