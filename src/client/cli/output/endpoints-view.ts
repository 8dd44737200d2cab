import type { ClientEndpoint } from '../../../domain/products/index.js';
import type { ClusterSpec } from '../../../domain/spec/index.js';
import { type Line, line } from './line.js';
import { table } from './table.js';

/** A host before the nodes. Behind a hook its ports are those of its own configuration, which the spec does not have. */
export interface LoadBalancerHost {
  readonly host: string;
  readonly address: string;
  /** The hook that steers it; HAProxy needs none. */
  readonly hook?: string;
}

export function loadBalancers({ hosts, loadBalancer }: ClusterSpec): LoadBalancerHost[] {
  if (!loadBalancer) return [];
  return hosts
    .filter(({ roles }) => roles.includes('load-balancer'))
    .map(({ name, address }) => ({
      host: name,
      address,
      ...(loadBalancer.product === 'command' && { hook: loadBalancer.hook }),
    }));
}

/** `[2001:db8::1]:1883` */
export const authority = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

const schemes = { mqtt: ['mqtt', 'mqtts'], ws: ['ws', 'wss'] } as const;

/** As MQTT clients take it. */
export function endpointUrl({ protocol, tls, address, port, path }: ClientEndpoint): string {
  return `${schemes[protocol][tls ? 1 : 0]}://${authority(address, port)}${path ?? ''}`;
}

/** Where clients connect, in the order in which they should. */
export interface ShownEndpoints {
  /** Of the load balancer, where the spec has its ports. */
  readonly before: readonly ClientEndpoint[];
  readonly nodes: readonly ClientEndpoint[];
  readonly balancers: readonly LoadBalancerHost[];
}

/** Where clients connect, as a table. */
export function endpointLines({ before, nodes, balancers }: ShownEndpoints): Line[] {
  const row = (one: ClientEndpoint, note: string): string[] => [
    one.host,
    endpointUrl(one),
    one.listener ?? '',
    one.local ? 'only from the host itself' : note,
  ];
  const rows = [
    ...balancers.flatMap(({ host, address, hook }) =>
      hook === undefined ? [] : [[host, address, '', `load balancer, steered by the hook ${hook}`]],
    ),
    ...before.map((one) => row(one, 'load balancer')),
    ...nodes.map((one) => row(one, '')),
  ];
  if (rows.length === 0) return [line('no member yet')];
  const lines = table(['HOST', 'ADDRESS', 'LISTENER', 'NOTE'], rows);
  return lines.map((text, index) => line(text, index === 0 ? 'strong' : 'plain'));
}
