import { type ClusterCheckContext, isServing, others, targetNode } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

export const clientsCanMove: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'clients-can-move',
  meaning: 'The clients of the node that goes have somewhere to go: another member serves and takes new connections.',
  remedy: 'Bring another member into service, and open the way to it at the load balancer.',
  unmet: 'wait',
  evaluate: (context) => {
    const target = targetNode(context);
    if (context.purpose !== 'restart' && context.purpose !== 'leave')
      return { holds: true, found: 'the operation stops nodes by declaration' };
    if (!context.clustered) return { holds: true, found: 'clients of independent nodes stay where they are' };
    if (context.members.length === 1)
      return { holds: true, found: 'the cluster has one member, for which its clients wait' };
    if (!target || target.clients === 0) return { holds: true, found: 'no clients have to move' };
    const serving = others(context).filter(isServing);
    if (serving.length === 0) return { holds: false, reason: 'no other member serves', node: target.host };
    const open = context.facts?.balancer?.open;
    // A balancer that cannot be asked is for `balancer-capacity` to tell.
    if (open === undefined || Object.keys(open).length === 0)
      return { holds: true, found: `${serving.length} other members serve` };
    const reachable = serving.filter(({ host }) => open[host] === true);
    if (reachable.length > 0) return { holds: true, found: `${reachable.length} other members take new connections` };
    return { holds: false, reason: 'the load balancer sends new connections to no other member', node: target.host };
  },
});
