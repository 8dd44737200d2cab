import { type ClusterCheckContext, isServing, others } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

/**
 * HiveMQ user guide, "Upgrade a HiveMQ cluster": above 60 % CPU a node is added before one is taken away, since the others
 * take over its work.
 */
export const headroom: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'headroom',
  meaning: 'The members that stay have processors to spare for the work of the one that goes.',
  remedy: 'Add a node first (`surge: auto` does where a spare host is there), or wait for a quieter hour.',
  unmet: 'wait',
  evaluate: (context) => {
    const { facts, headroomPercent = 60 } = context;
    if (context.purpose !== 'restart' && context.purpose !== 'leave')
      return { holds: true, found: 'no node is taken away from the others' };
    // What a node does more than before is what the one that goes did: as the vendor advises, one was added for that.
    const guest = others(context).find((node) => node.host === context.surge && isServing(node));
    if (guest) return { holds: true, found: `${guest.host} joined to take over the work of the one that goes` };
    const known = others(context).flatMap(({ host }) => {
      const percent = facts?.cpu?.[host] ?? null;
      return percent === null ? [] : [{ host, percent }];
    });
    if (known.length === 0) return { holds: true, found: 'the use of the processors is not known' };
    const busy = known.filter(({ percent }) => percent > headroomPercent);
    const worst = Math.max(...known.map(({ percent }) => percent));
    if (busy.length === 0) return { holds: true, found: `at most ${Math.round(worst)} % CPU on the others` };
    return busy.map(({ host, percent }) => ({
      holds: false,
      node: host,
      reason: `${Math.round(percent)} % CPU, more than ${headroomPercent} %`,
    }));
  },
});
