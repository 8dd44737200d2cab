import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { balancerSteps } from './balancer.js';
import { nodeOf, type PlanContext } from './context.js';
import { afterStopStep, closeStep, drainStep, stopInput } from './traffic.js';
import { windowStep } from './window.js';

/** A node leaves for good: emptied of clients, its data handed over, disabled, its data folder kept, the others told where their files list it. */
export function leave(context: PlanContext, host: string, staying: readonly string[], reason?: 'replaced'): PlanNode {
  const out = `${host}/out`;
  const runs = nodeOf(context, host).process?.running === true;
  return sequence(
    `${host}/leave`,
    `${host} leaves`,
    [
      windowStep(context, host),
      runs ? closeStep(context, host, 'leave', out) : null,
      runs ? drainStep(context, host, 'leave') : null,
      sequence(
        out,
        `Take ${host} out`,
        [
          runs ? planStep('stopNode', stopInput(context, host, 'leave')) : null,
          runs ? afterStopStep(context, host, 'leave') : null,
          planStep('retireNode', { host, cordon: true, ...(reason && { reason }) }),
        ],
        { atomic: true, node: host },
      ),
      balancerSteps(context, staying, { as: host, before: [...staying, host] }),
      context.product.membersInFiles(context.spec)
        ? parallel(
            `${host}/forget`,
            `Remove ${host} from the others’ files`,
            staying.map((other) => planStep('updateMembers', { host: other, members: [...staying] })),
            { limit: 10 },
          )
        : null,
      planStep('verifyCluster', { members: [...staying] }),
    ],
    { node: host },
  );
}
