import type { DiscoveryFacts } from '../../domain/checks/index.js';
import type { OperationDefinition, PlanDraft } from '../../domain/operations/index.js';
import { runnableSteps } from '../../domain/plan/index.js';
import type { PlanContext } from '../../domain/planning/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { discoveryFacts } from '../hosts/discovery/discovery-facts.js';

/**
 * Tries out how nodes find each other: before one is started, since a broker that finds nobody at its start is a cluster
 * of its own, and where somebody asks how the cluster does. A plan that leaves nodes as they run needs nobody to be found,
 * and is not held up by a bucket or a name server that is out of reach.
 */
export async function tryDiscovery(
  session: ClusterSession,
  { lease }: Pick<OperationDefinition, 'lease'>,
  { facts, observation }: Pick<PlanContext, 'facts' | 'observation'>,
  { root }: Pick<PlanDraft, 'root'>,
  signal: AbortSignal,
): Promise<DiscoveryFacts | null> {
  const starts = runnableSteps(root).some(({ kind }) => kind === 'startNode');
  if (lease && !starts) return null;
  return await discoveryFacts(session, { targets: facts.map(({ host }) => host), starts, observation, signal });
}
