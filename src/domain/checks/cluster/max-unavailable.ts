import { isServing, memberNodes } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds, promisesAvailability } from './cluster-check.js';

export const maxUnavailable: ClusterCheck = defineCheck({
  name: 'max-unavailable',
  meaning: 'At most policy.maxUnavailable members are not serving, the one about to be stopped counted.',
  remedy: 'Bring the named nodes back first, or run recoverCluster if they failed.',
  unmet: 'wait',
  evaluate: (context) => {
    if (!promisesAvailability(context)) return holds('the operation stops nodes by declaration');
    // A member that was not observed at all is no more known to serve than one that is down.
    const serving = new Set(
      memberNodes(context)
        .filter(isServing)
        .map((node) => node.host),
    );
    const down = context.members.filter((host) => host !== context.target && !serving.has(host));
    const names = down.join(', ');
    // The limit counts members that are not serving at once, so the target itself takes one place.
    const withReplicas = context.clustered ? Math.max(1, context.replicaCount - 1) : context.maxUnavailable;
    const allowed = Math.min(context.maxUnavailable, withReplicas) - (context.target ? 1 : 0);
    if (down.length <= allowed) return holds(`${down.length} other members are not serving, ${allowed} may be`);
    return fails(
      `${names} not serving; with ${context.target ?? 'the change'} that is more than ${context.maxUnavailable} at once`,
    );
  },
});
