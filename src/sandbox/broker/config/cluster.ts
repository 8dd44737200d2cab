import type { Address } from './address.js';
import { readTransportTls, type TransportTlsConfig } from './tls.js';
import type { Element } from './xml.js';

/** How nodes find each other. */
export type DiscoveryConfig =
  | { type: 'static'; nodes: Address[] }
  | { type: 'extension' }
  | { type: 'multicast' }
  | { type: 'broadcast'; address: string; port: number; range: number };

/** What the nodes talk over. */
export interface TransportConfig extends Address {
  type: 'tcp' | 'udp';
  tls: TransportTlsConfig | undefined;
}

export interface ClusterConfig {
  enabled: boolean;
  transport: TransportConfig;
  /** What other nodes are told to connect to; behind an address translation it differs from `transport`. */
  advertised: Address;
  discovery: DiscoveryConfig;
  replicaCount: number;
  heartbeat: { enabled: boolean; interval: number; timeout: number };
  tcpHealthCheck: boolean;
}

/** The documentation's tables "Broadcast discovery" and "UDP transport": what is absent is static, with an empty list. */
function readDiscovery(discovery: Element): DiscoveryConfig {
  if (discovery.child('extension').exists) return { type: 'extension' };
  if (discovery.child('multicast').exists) return { type: 'multicast' };
  const broadcast = discovery.child('broadcast');
  if (broadcast.exists) {
    return {
      type: 'broadcast',
      address: broadcast.child('broadcast-address').text('255.255.255.255'),
      port: broadcast.child('port').number(8555),
      range: broadcast.child('port-range').number(5),
    };
  }
  const nodes = discovery
    .child('static')
    .all('node')
    .map((node) => ({ host: node.child('host').text(''), port: node.child('port').number(8000) }))
    .filter((node) => node.host !== '');
  return { type: 'static', nodes };
}

/** The documentation's tables "TCP transport", "Heartbeat", "TCP health check" and "Cluster Replicas". */
export function readCluster(root: Element): ClusterConfig {
  const cluster = root.child('cluster');
  const udp = cluster.child('transport', 'udp').exists;
  const element = cluster.child('transport', udp ? 'udp' : 'tcp');
  const transport: TransportConfig = {
    type: udp ? 'udp' : 'tcp',
    host: element.child('bind-address').text('127.0.0.1'),
    port: element.child('bind-port').number(8000),
    tls: udp ? undefined : readTransportTls(element.child('tls')),
  };
  const externalPort = element.child('external-port').number(0);
  const detection = cluster.child('failure-detection');
  return {
    enabled: cluster.child('enabled').flag(false),
    transport,
    advertised: {
      host: element.child('external-address').text(transport.host),
      port: externalPort === 0 ? transport.port : externalPort,
    },
    discovery: readDiscovery(cluster.child('discovery')),
    replicaCount: Math.max(1, cluster.child('replication', 'replica-count').number(2)),
    heartbeat: {
      enabled: detection.child('heartbeat', 'enabled').flag(true),
      interval: Math.max(50, detection.child('heartbeat', 'interval').number(3000)),
      timeout: Math.max(100, detection.child('heartbeat', 'timeout').number(9000)),
    },
    tcpHealthCheck: detection.child('tcp-health-check', 'enabled').flag(true),
  };
}
