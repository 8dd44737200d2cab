import type { DiscoverySpec, TransportSpec } from '../../../domain/products/hivemq/spec/cluster/index.js';
import { type DatagramKind, type DatagramResult, probeDatagrams, type ProbeHost } from '../../probe/index.js';

/** The part of a cluster's settings that decides by which packets its nodes find and reach each other. */
export interface ClusterPackets {
  readonly transport: TransportSpec;
  readonly discovery: DiscoverySpec;
}

/**
 * The packets that must be delivered between all nodes: multicast where transport is UDP, broadcast where discovery is.
 * Of the range of ports for broadcast only the first is looked at; a firewall that passes it but not the next few is
 * not worth a packet to each.
 */
export function packetsOf({ transport, discovery }: ClusterPackets): DatagramKind[] {
  const kinds: DatagramKind[] = [];
  if (transport.type === 'udp' && (transport.multicastEnabled || discovery.type === 'multicast')) {
    kinds.push({ type: 'multicast', group: transport.multicastAddress, port: transport.multicastPort });
  }
  if (discovery.type === 'broadcast') {
    kinds.push({ type: 'broadcast', group: discovery.broadcastAddress, port: discovery.port });
  }
  return kinds;
}

/** Tries out between all hosts what discovery and transport rest on. @returns nothing where they rest on TCP alone */
export async function probeDiscovery(
  hosts: readonly ProbeHost[],
  cluster: ClusterPackets,
  signal: AbortSignal,
): Promise<DatagramResult[]> {
  const results: DatagramResult[] = [];
  for (const kind of packetsOf(cluster)) results.push(...(await probeDatagrams(hosts, kind, signal)));
  return results;
}
