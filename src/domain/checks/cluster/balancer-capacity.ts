import type { ClusterCheckContext } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

export const balancerCapacity: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'balancer-capacity',
  meaning: 'All hosts of the load balancer serve, and it has room for another connection.',
  remedy: 'Bring the named balancer back, or raise its limit of connections.',
  unmet: 'wait',
  evaluate: (context) => {
    if (context.purpose !== 'restart' && context.purpose !== 'leave')
      return { holds: true, found: 'no node is taken away from clients' };
    const balancer = context.facts?.balancer;
    if (balancer === undefined) return { holds: true, found: 'nothing stands before the cluster that tells of itself' };
    const [down, ...more] = Object.entries(balancer.down);
    if (down !== undefined)
      return [down, ...more].map(([node, reason]) => ({ holds: false, node, reason: `does not serve: ${reason}` }));
    const { limit, connections } = balancer;
    if (limit !== null && connections !== null && connections >= limit)
      return { holds: false, reason: `${connections} connections are open, ${limit} is the limit of ${balancer.name}` };
    return {
      holds: true,
      found: `${balancer.name} serves${limit === null ? '' : `, ${connections ?? 0} of ${limit} connections`}`,
    };
  },
});
