import type { ClusterCheckContext } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

export const licenseCovers: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'license-covers',
  meaning: 'The licenses allow as many nodes as run at once, those that join for a while counted.',
  remedy: 'Add a license that covers them, or set policy.upgrade.surge to never.',
  unmet: 'refuse',
  evaluate: ({ facts, members, nodesAtOnce = members.length }) => {
    const license = facts?.license;
    if (license === undefined || license.nodes === null)
      return { holds: true, found: 'no license limits the number of nodes' };
    if (nodesAtOnce <= license.nodes) return { holds: true, found: `${nodesAtOnce} of ${license.nodes} nodes` };
    return { holds: false, reason: `${nodesAtOnce} nodes would run at once, the license allows ${license.nodes}` };
  },
});
