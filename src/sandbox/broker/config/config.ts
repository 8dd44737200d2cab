import type { Element } from './xml.js';

export interface Address {
  host: string;
  port: number;
}

export interface ListenerConfig extends Address {
  name: string;
  kind: 'tcp' | 'websocket';
}

export interface ClusterConfig {
  enabled: boolean;
  transport: Address;
  /** What other nodes are told to connect to; behind an address translation it differs from `transport`. */
  advertised: Address;
  discovery: Address[];
  replicaCount: number;
  heartbeat: { enabled: boolean; interval: number; timeout: number };
  tcpHealthCheck: boolean;
}

export interface ApiConfig {
  enabled: boolean;
  listeners: (Address & { name: string })[];
}

export interface BrokerConfig {
  listeners: ListenerConfig[];
  cluster: ClusterConfig;
  restApi: ApiConfig;
  healthApi: ApiConfig;
  maxQueueSize: number;
  maxSessionExpiry: number;
}

/** Never expires (MQTT 5, Session Expiry Interval; the vendor's default maximum). */
export const noExpiry = 4_294_967_295;

function readListeners(root: Element): ListenerConfig[] {
  const listeners: ListenerConfig[] = [];
  for (const kind of ['tcp', 'websocket'] as const) {
    for (const element of root.child('listeners').all(`${kind}-listener`)) {
      const port = element.child('port').number(kind === 'tcp' ? 1883 : 8000);
      const host = element.child('bind-address').text('0.0.0.0');
      listeners.push({ kind, host, port, name: element.child('name').text(`${kind}-listener-${port}`) });
    }
  }
  return listeners;
}

/** The documentation's tables "TCP transport", "Heartbeat", "TCP health check" and "Cluster Replicas". */
function readCluster(root: Element): ClusterConfig {
  const cluster = root.child('cluster');
  const tcp = cluster.child('transport', 'tcp');
  const transport = { host: tcp.child('bind-address').text('127.0.0.1'), port: tcp.child('bind-port').number(8000) };
  const externalPort = tcp.child('external-port').number(0);
  const detection = cluster.child('failure-detection');
  return {
    enabled: cluster.child('enabled').flag(false),
    transport,
    advertised: {
      host: tcp.child('external-address').text(transport.host),
      port: externalPort === 0 ? transport.port : externalPort,
    },
    discovery: cluster
      .child('discovery', 'static')
      .all('node')
      .map((node) => ({ host: node.child('host').text(''), port: node.child('port').number(8000) }))
      .filter((node) => node.host !== ''),
    replicaCount: Math.max(1, cluster.child('replication', 'replica-count').number(2)),
    heartbeat: {
      enabled: detection.child('heartbeat', 'enabled').flag(true),
      interval: Math.max(50, detection.child('heartbeat', 'interval').number(3000)),
      timeout: Math.max(100, detection.child('heartbeat', 'timeout').number(9000)),
    },
    tcpHealthCheck: detection.child('tcp-health-check', 'enabled').flag(true),
  };
}

/** REST API and Health API: disabled, on the loopback address, 8888 and 8889 by default (HiveMQ documentation). */
function readApi(root: Element, name: string, port: number): ApiConfig {
  const api = root.child(name);
  const listeners = api
    .child('listeners')
    .all('http')
    .map((http) => {
      const listener = { host: http.child('bind-address').text('127.0.0.1'), port: http.child('port').number(port) };
      return { ...listener, name: http.child('name').text(`http-listener-${listener.port}`) };
    });
  const fallback = { host: '127.0.0.1', port, name: `http-listener-${port}` };
  return { enabled: api.child('enabled').flag(false), listeners: listeners.length > 0 ? listeners : [fallback] };
}

/** Everything that the stand-in takes from config.xml; unknown elements are ignored, as in the Community Edition. */
export function readBrokerConfig(root: Element): BrokerConfig {
  const mqtt = root.child('mqtt');
  return {
    listeners: readListeners(root),
    cluster: readCluster(root),
    restApi: readApi(root, 'rest-api', 8888),
    healthApi: readApi(root, 'health-api', 8889),
    maxQueueSize: mqtt.child('queued-messages', 'max-queue-size').number(1000),
    maxSessionExpiry: mqtt.child('session-expiry', 'max-interval').number(noExpiry),
  };
}
