import { cpus } from 'node:os';
import type { ApiConfig } from '../config/config.js';
import type { Phase } from '../cluster/calls.js';
import type { ListenerConfig } from '../config/listeners.js';
import type { Extension } from '../extensions.js';
import type { Answer, Route } from './http.js';

export type Health = 'UP' | 'DEGRADED' | 'DOWN';

/** What the Health API shows; read at each request. */
export interface HealthFacts {
  version: string;
  logLevel: string;
  startedAt: number;
  nodeId: string;
  clusterId: string;
  phase: Phase;
  members: string[];
  leaving: boolean;
  listeners: { config: ListenerConfig; type: string; running: boolean }[];
  restApi: ApiConfig & { running: boolean };
  extensions: Extension[];
}

interface Component {
  status: Health;
  details?: Record<string, unknown>;
  components?: Record<string, Component>;
}

function worst(...all: Health[]): Health {
  return all.includes('DOWN') ? 'DOWN' : all.includes('DEGRADED') ? 'DEGRADED' : 'UP';
}

/** The vendor publishes UP for RUNNING only. A node that is not yet in takes no traffic; one that merges or leaves still does. */
function clusterStatus(phase: Phase): Health {
  return phase === 'RUNNING' ? 'UP' : phase === 'JOINING' ? 'DOWN' : 'DEGRADED';
}

function http(listener: ApiConfig['listeners'][number], running: boolean): Component {
  const details = {
    'bind-address': listener.host,
    'is-connector-failed': false,
    'is-connector-open': running,
    'is-connector-running': running,
    port: listener.port,
  };
  return { status: running ? 'UP' : 'DOWN', details };
}

/** The components of a node, named as in a response of HiveMQ 4.36. */
function components(facts: HealthFacts): Record<string, Component> {
  const cluster: Component = {
    status: clusterStatus(facts.phase),
    details: {
      'cluster-id': facts.clusterId,
      'cluster-nodes': facts.members,
      'cluster-size': facts.members.length,
      'is-leave-replication-in-progress': facts.leaving,
      'node-id': facts.nodeId,
      'node-state': facts.phase,
    },
  };
  const listeners = facts.listeners.map(({ config, type, running }): [string, Component] => [
    config.name,
    {
      status: running ? 'UP' : 'DOWN',
      details: {
        'bind-address': config.host,
        'is-proxy-protocol-supported': config.proxyProtocol,
        'is-running': running,
        port: config.port,
        type,
      },
    },
  ]);
  const mqttStatus = worst(...facts.listeners.map(({ running }) => (running ? 'UP' : 'DOWN')));
  const extensions = facts.extensions.map(
    ({ id, enabled, name, version, author, priority, startPriority, startedAt }): [string, Component] => [
      id,
      {
        status: 'UP',
        details: { author, enabled, name, priority, 'start-priority': startPriority, startedAt, version },
      },
    ],
  );
  const { restApi } = facts;
  return {
    cluster,
    extensions: { status: 'UP', components: Object.fromEntries(extensions) },
    info: {
      status: 'UP',
      details: {
        'cpu-count': cpus().length,
        'log-level': facts.logLevel,
        'started-at': facts.startedAt,
        version: facts.version,
      },
    },
    'liveness-state': { status: 'UP' },
    mqtt: { status: mqttStatus, components: Object.fromEntries(listeners) },
    'readiness-state': { status: worst(cluster.status, mqttStatus) },
    'rest-api': {
      status: !restApi.enabled || restApi.running ? 'UP' : 'DOWN',
      details: { 'authentication-enabled': false, enabled: restApi.enabled },
      ...(restApi.enabled
        ? { components: Object.fromEntries(restApi.listeners.map((one) => [one.name, http(one, restApi.running)])) }
        : {}),
    },
  };
}

/** UP, UNKNOWN and DEGRADED answer 200, DOWN answers 503 (HiveMQ knowledge base, "Understanding Health API Status Codes"). */
function answer(component: Component & { groups?: string[] }): Answer {
  return { status: component.status === 'DOWN' ? 503 : 200, body: component };
}

/** The Health API of HiveMQ 4.14 and later. */
export function healthRoute(read: () => HealthFacts): Route {
  return (method, url) => {
    const path = url.pathname.replace(/\/+$/, '').split('/').slice(1);
    const [api, v1, health, ...rest] = path;
    if (method !== 'GET' || api !== 'api' || v1 !== 'v1' || health !== 'health')
      return Promise.resolve({ status: 404 });
    const all = components(read());
    const [first, second] = rest;
    if (first === undefined) {
      const status = worst(...Object.values(all).map((component) => component.status));
      return Promise.resolve(answer({ status, components: all, groups: ['liveness', 'readiness'] }));
    }
    const group = first === 'liveness' ? all['liveness-state'] : first === 'readiness' ? readiness(all) : all[first];
    const component = second === undefined ? group : group?.components?.[second];
    return Promise.resolve(component ? answer(component) : { status: 404 });
  };
}

/** The group of what a load balancer must know: cluster and MQTT listeners. */
function readiness(all: Record<string, Component>): Component {
  const { cluster, mqtt } = all;
  const parts = { ...(cluster && { cluster }), ...(mqtt && { mqtt }) };
  return { status: worst(...Object.values(parts).map((part) => part.status)), components: parts };
}
