import type { Address } from './address.js';
import { type ClusterConfig, readCluster } from './cluster.js';
import { type ControlCenterConfig, readControlCenter } from './control-center.js';
import { type ListenerConfig, readListeners } from './listeners.js';
import type { Element } from './xml.js';

export interface ApiConfig {
  enabled: boolean;
  listeners: (Address & { name: string })[];
}

export interface BrokerConfig {
  listeners: ListenerConfig[];
  cluster: ClusterConfig;
  restApi: ApiConfig;
  healthApi: ApiConfig;
  controlCenter: ControlCenterConfig;
  maxQueueSize: number;
  maxSessionExpiry: number;
}

/** Never expires (MQTT 5, Session Expiry Interval; the vendor's default maximum). */
export const noExpiry = 4_294_967_295;

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

/**
 * Everything that the stand-in takes from config.xml; unknown elements are ignored, as in the Community Edition.
 * @throws for a TLS listener that the Community Edition cannot read either
 */
export function readBrokerConfig(root: Element): BrokerConfig {
  const mqtt = root.child('mqtt');
  return {
    listeners: readListeners(root),
    cluster: readCluster(root),
    restApi: readApi(root, 'rest-api', 8888),
    healthApi: readApi(root, 'health-api', 8889),
    controlCenter: readControlCenter(root),
    maxQueueSize: mqtt.child('queued-messages', 'max-queue-size').number(1000),
    maxSessionExpiry: mqtt.child('session-expiry', 'max-interval').number(noExpiry),
  };
}
