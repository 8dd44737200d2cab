import { type ClusterCheck, fails, holds } from './cluster-check.js';
import { defineCheck } from '../define-check.js';

export const licenseCovers: ClusterCheck = defineCheck({
  name: 'license-covers',
  meaning: 'The licenses cover as many nodes as run at once, those that join for a while counted.',
  remedy: 'Add a license that covers them (`covers` in the spec), or set policy.upgrade.surge to never.',
  unmet: 'refuse',
  evaluate: ({ facts, members, nodesAtOnce = members.length }) => {
    const license = facts?.license;
    if (license === undefined || (license.nodes === null && license.problem === null))
      return holds('no license limits the number of nodes');
    if (license.problem !== null) return fails(`no license that covers them is valid: ${license.problem}`);
    if (license.nodes === null || nodesAtOnce <= license.nodes)
      return holds(`${nodesAtOnce} of ${license.nodes ?? 'any number of'} nodes`);
    return fails(`${nodesAtOnce} nodes would run at once, the license allows ${license.nodes}`);
  },
});
