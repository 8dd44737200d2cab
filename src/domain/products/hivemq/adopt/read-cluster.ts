import { childAt, textOf, type Element } from './element.js';
import { commonTls, storeAt } from './read-listeners.js';
import { bindAt, compact, flagAt, numberAt, type HostView, type Keys } from './values.js';

function transportTls(tls: Element): Keys {
  if (textOf(tls, 'enabled') !== 'true') return { enabled: false };
  return compact({
    ...commonTls(tls),
    enabled: true,
    serverKeystore: storeAt(tls, 'server-keystore'),
    serverCertificateTruststore: storeAt(tls, 'server-certificate-truststore'),
    clientAuthenticationKeystore: storeAt(tls, 'client-authentication-keystore'),
    clientCertificateTruststore: storeAt(tls, 'client-certificate-truststore'),
  });
}

/** The vendor takes UDP where nothing is said. External addresses stand at the hosts of a spec. */
function transport(cluster: Element, host: HostView): Keys {
  const tcp = childAt(cluster, 'transport', 'tcp');
  const element = tcp ?? childAt(cluster, 'transport', 'udp');
  const common = {
    type: tcp ? 'tcp' : 'udp',
    bindAddress: bindAt(element, host, 'host', 'loopback'),
    bindPort: numberAt(element, 'bind-port'),
  };
  if (!tcp) {
    return compact({
      ...common,
      multicastEnabled: flagAt(element, 'multicast-enabled'),
      multicastAddress: textOf(element, 'multicast-address'),
      multicastPort: numberAt(element, 'multicast-port'),
    });
  }
  const tls = childAt(tcp, 'tls');
  return compact({ ...common, tls: tls && transportTls(tls) });
}

/** The vendor takes multicast where nothing is said. Which extension finds the nodes is not known from here. */
function discovery(cluster: Element): Keys {
  const element = childAt(cluster, 'discovery');
  if (childAt(element, 'static')) return { type: 'static' };
  if (childAt(element, 'extension')) return { type: 'extension' };
  const broadcast = childAt(element, 'broadcast');
  if (!broadcast) return { type: 'multicast' };
  return compact({
    type: 'broadcast',
    broadcastAddress: textOf(broadcast, 'broadcast-address'),
    port: numberAt(broadcast, 'port'),
    portRange: numberAt(broadcast, 'port-range'),
  });
}

function failureDetection(cluster: Element, host: HostView): Keys {
  const heartbeat = childAt(cluster, 'failure-detection', 'heartbeat');
  const check = childAt(cluster, 'failure-detection', 'tcp-health-check');
  return compact({
    heartbeat:
      heartbeat &&
      compact({
        enabled: flagAt(heartbeat, 'enabled'),
        interval: numberAt(heartbeat, 'interval'),
        timeout: numberAt(heartbeat, 'timeout'),
      }),
    tcpHealthCheck:
      check &&
      compact({
        enabled: flagAt(check, 'enabled'),
        bindAddress: bindAt(check, host, 'host', 'loopback'),
        bindPort: numberAt(check, 'bind-port'),
        externalPort: numberAt(check, 'external-port'),
        portRange: numberAt(check, 'port-range'),
      }),
  });
}

/** `cluster` of a spec. */
export function readCluster(root: Element, host: HostView): Keys {
  const cluster = childAt(root, 'cluster');
  if (!cluster || textOf(cluster, 'enabled') !== 'true') return { enabled: false };
  return compact({
    enabled: true,
    replicaCount: numberAt(cluster, 'replication', 'replica-count'),
    transport: transport(cluster, host),
    discovery: discovery(cluster),
    failureDetection: failureDetection(cluster, host),
  });
}
