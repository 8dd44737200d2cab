import { others } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

export const singleRecoveryStart: ClusterCheck = defineCheck({
  name: 'single-recovery-start',
  meaning: 'recovery.sh starts one node only, the one stopped last, while no other member runs.',
  remedy: 'Start the other nodes with run.sh once the first one serves.',
  unmet: 'refuse',
  evaluate: (context) => {
    // Without a cluster there is nothing that a second one could make inconsistent.
    if (!context.clustered) return holds('each independent node starts from its own data');
    const running = others(context).filter((node) => node.process?.running === true);
    if (running.length === 0) return holds('no other member runs');
    return fails(`${running.map((node) => node.host).join(', ')} already run`, context.target ?? undefined);
  },
});
