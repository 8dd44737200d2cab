import type { ClusterSpec } from './common.js';

export type Shield = 'load-balancer' | 'firewall' | 'none';

/** What keeps new clients away from a node of this cluster that is drained. */
export function shieldOf(spec: Pick<ClusterSpec, 'loadBalancer' | 'policy'>): Shield {
  return spec.policy.drain.shield ?? (spec.loadBalancer === undefined ? 'none' : 'load-balancer');
}
