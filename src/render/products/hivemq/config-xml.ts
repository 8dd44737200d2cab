import {
  resolveBindAddress,
  transportEndpoint,
  type BindAddress,
  type HivemqSpec,
  type ListenerSpec,
} from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost, type ResolvedHost } from '../../../domain/spec/index.js';
import { renderXml, type XmlTree } from '../../xml.js';
import { memberHosts } from '../../members.js';

function listener(one: ListenerSpec, host: ResolvedHost): XmlTree {
  return {
    port: one.port,
    'bind-address': resolveBindAddress(one.bindAddress, host),
    ...(one.name === undefined ? {} : { name: one.name }),
    ...(one.type === 'websocket' ? { path: one.path, subprotocols: { subprotocol: ['mqttv3.1', 'mqtt'] } } : {}),
  };
}

function listeners(all: readonly ListenerSpec[], host: ResolvedHost): XmlTree {
  const of = (type: ListenerSpec['type']) => all.filter((one) => one.type === type).map((one) => listener(one, host));
  return { 'tcp-listener': of('tcp'), 'websocket-listener': of('websocket') };
}

function cluster(spec: HivemqSpec, members: readonly ResolvedHost[], host: ResolvedHost): XmlTree {
  const { enabled, transport, failureDetection, replicaCount } = spec.cluster;
  if (!enabled) return { enabled };
  const { heartbeat, tcpHealthCheck: check } = failureDetection;
  return {
    enabled,
    transport: {
      tcp: {
        'bind-address': resolveBindAddress(transport.bindAddress, host),
        'bind-port': transport.bindPort,
      },
    },
    discovery: {
      static: {
        node: members.map((member) => {
          const { address, port } = transportEndpoint(spec, member);
          return { host: address, port };
        }),
      },
    },
    replication: { 'replica-count': replicaCount },
    'failure-detection': {
      heartbeat: { enabled: heartbeat.enabled, interval: heartbeat.interval, timeout: heartbeat.timeout },
      'tcp-health-check': {
        enabled: check.enabled,
        ...(check.bindAddress === undefined ? {} : { 'bind-address': resolveBindAddress(check.bindAddress, host) }),
        'bind-port': check.bindPort,
        'port-range': check.portRange,
      },
    },
  };
}

/** What an API that is off needs to say: just that, whatever the broker's own default is. */
function api(
  one: { enabled: boolean; port: number; bindAddress: BindAddress },
  host: ResolvedHost,
  more: XmlTree = {},
): XmlTree {
  if (!one.enabled) return { enabled: false };
  const http = { port: one.port, 'bind-address': resolveBindAddress(one.bindAddress, host) };
  return { enabled: true, ...more, listeners: { http } };
}

/**
 * config.xml of one node. Every member stands in the discovery list, the node itself included, ordered by name, so that
 * neither the order of the spec nor that of the members changes the file.
 */
export function renderConfigXml(spec: HivemqSpec, members: readonly string[], name: string): string {
  const { host, others } = memberHosts(spec, members, name);
  const list = [host, ...others].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => resolveHost(spec, one));
  const self = resolveHost(spec, host);
  return renderXml({
    hivemq: {
      '@_xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      '#comment': ' Written by Hivekeeper: changes made here are replaced. ',
      listeners: listeners(spec.listeners, self),
      cluster: cluster(spec, list, self),
      'rest-api': api(spec.restApi, self, { auth: { enabled: spec.restApi.auth !== undefined } }),
      'health-api': api(spec.healthApi, self),
      'control-center': api(spec.controlCenter, self),
    },
  });
}
