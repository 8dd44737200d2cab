import type { ClusterSpec } from '../common.js';
import { formatDuration } from '../duration.js';
import type { SpecWarning } from '../issue.js';
import { balancerHosts, haproxyOf } from './hosts.js';
import type { JudgedListener } from './issues.js';
import { findListener } from './listener.js';

export interface BalancerFacts {
  readonly listeners: readonly JudgedListener[];
  /** Milliseconds of keep-alive that the broker allows its clients. */
  readonly keepAlive: number;
}

/** What is allowed for the HAProxy of a spec and probably not wanted. */
export function balancerWarnings(spec: ClusterSpec, { listeners, keepAlive }: BalancerFacts): SpecWarning[] {
  const haproxy = haproxyOf(spec);
  if (!haproxy) return [];
  const found: SpecWarning[] = [];
  const [host, ...more] = balancerHosts(spec);
  if (host !== undefined && more.length === 0) {
    const message = `${host.name} alone carries the load balancer: while it is down, no client reaches the cluster; give a second host the role, and a vip`;
    found.push({ path: ['loadBalancer', 'product'], message });
  }
  if (haproxy.supervisor === 'process') {
    const message = 'the supervisor process does not start HAProxy again after a reboot of its host';
    found.push({ path: ['loadBalancer', 'supervisor'], message });
  }
  if (haproxy.keepAlive < keepAlive) {
    const message = `the broker allows a keep-alive of ${formatDuration(keepAlive)}: a client that asks for more than ${formatDuration(haproxy.keepAlive)} and is silent is cut off by the balancer`;
    found.push({ path: ['loadBalancer', 'keepAlive'], message });
  }
  haproxy.frontends.forEach((frontend, index) => {
    const listener = findListener(listeners, frontend.listener);
    if (!listener.ok || listener.listener.proxyProtocol) return;
    const message = `the nodes see the address of the balancer instead of those of clients; write proxyProtocol: true at the listener ${frontend.listener}`;
    found.push({ path: ['loadBalancer', 'frontends', index], message });
  });
  return found;
}
