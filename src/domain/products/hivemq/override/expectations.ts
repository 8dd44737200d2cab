import type { ResolvedHost } from '../../../spec/resolved-host.js';
import { resolveBindAddress, type BindAddress } from '../spec/bind-address.js';
import type { HivemqSpec } from '../spec/part.js';

/** What an element must say so that Hivekeeper can rely on it. */
export interface Expected {
  /** Names of elements below the root. */
  readonly path: readonly string[];
  readonly value: string;
  /** The vendor's default where the element is left out. */
  readonly fallback?: string;
  /** The key of the spec that says it. */
  readonly key: string;
}

interface Api {
  readonly enabled: boolean;
  readonly port: number;
  readonly bindAddress: BindAddress;
}

function apiValues(element: string, key: string, one: Api, port: string, host: ResolvedHost): Expected[] {
  const http = [element, 'listeners', 'http'];
  const address = resolveBindAddress(one.bindAddress, host);
  return [
    { path: [element, 'enabled'], value: String(one.enabled), fallback: 'false', key: `${key}.enabled` },
    ...(one.enabled
      ? [
          { path: [...http, 'port'], value: String(one.port), fallback: port, key: `${key}.port` },
          { path: [...http, 'bind-address'], value: address, fallback: '127.0.0.1', key: `${key}.bindAddress` },
        ]
      : []),
  ];
}

function clusterValues({ cluster }: HivemqSpec, host: ResolvedHost): Expected[] {
  const { enabled, transport, replicaCount } = cluster;
  const on: Expected = {
    ...{ path: ['cluster', 'enabled'], value: String(enabled), fallback: 'false', key: 'cluster.enabled' },
  };
  if (!enabled) return [on];
  const element = ['cluster', 'transport', transport.type];
  const key = 'cluster.transport';
  const address = resolveBindAddress(transport.bindAddress, host);
  const encrypted = transport.type === 'tcp' && transport.tls?.enabled === true;
  return [
    on,
    { path: [...element, 'bind-port'], value: String(transport.bindPort), fallback: '8000', key: `${key}.bindPort` },
    { path: [...element, 'bind-address'], value: address, key: `${key}.bindAddress` },
    ...(transport.type === 'tcp'
      ? [{ path: [...element, 'tls', 'enabled'], value: String(encrypted), fallback: 'false', key: `${key}.tls` }]
      : []),
    {
      ...{ path: ['cluster', 'replication', 'replica-count'], value: String(replicaCount), fallback: '2' },
      key: 'cluster.replicaCount',
    },
  ];
}

/** Everything that a whole config.xml must have in common with the spec, its listeners aside, as one host has it. */
export const expectedValues = (spec: HivemqSpec, host: ResolvedHost): Expected[] => [
  ...clusterValues(spec, host),
  ...apiValues('rest-api', 'restApi', spec.restApi, '8888', host),
  ...apiValues('health-api', 'healthApi', spec.healthApi, '8889', host),
];
