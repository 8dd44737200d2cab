import type { ClusterSpec } from '../common.js';
import type { HostSpec } from '../host.js';
import type { HaproxySpec } from './haproxy.js';

/** The HAProxy before this cluster; undefined where there is none, or something else. */
export function haproxyOf(spec: Pick<ClusterSpec, 'loadBalancer'>): HaproxySpec | undefined {
  return spec.loadBalancer?.product === 'haproxy' ? spec.loadBalancer : undefined;
}

/** The hosts that carry the load balancer, in the order of the spec. */
export function balancerHosts(spec: Pick<ClusterSpec, 'hosts'>): HostSpec[] {
  return spec.hosts.filter((host) => host.roles.includes('load-balancer'));
}

/** Folder of the balancer on one host. `home` of a host that is a node too is that of its broker. */
export const balancerHome = (haproxy: HaproxySpec, host: HostSpec): string =>
  host.home === undefined || host.roles.includes('node') ? haproxy.home : host.home;
