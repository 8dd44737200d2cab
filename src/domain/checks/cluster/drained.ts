import { targetNode } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds, promisesAvailability } from './cluster-check.js';

export const drained: ClusterCheck = defineCheck({
  name: 'drained',
  meaning: 'No planned stop while the node has clients, before the drain policy says so.',
  remedy: 'Close the gate before the node and drain it, or set policy.drain.onTimeout.',
  unmet: 'wait',
  evaluate: (context) => {
    const target = targetNode(context);
    if (!promisesAvailability(context) || context.clientsMayStay) return holds('the policy lets clients stay');
    if (!target || target.process?.running !== true) return holds('the node does not run');
    if (target.clients === null) return fails('the broker does not tell how many clients it has', target.host);
    return target.clients === 0 ? holds('no clients') : fails(`${target.clients} clients are connected`, target.host);
  },
});
