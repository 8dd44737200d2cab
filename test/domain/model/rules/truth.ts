import type { PlanStep } from '../../../../src/domain/plan/index.js';
import { shieldOf } from '../../../../src/domain/spec/index.js';
import type { ModelCluster } from '../cluster.js';
import { members } from '../world.js';
import { leastReplicas, type View } from './view.js';

/** Whether something in the model really stands in the way, as a check says. A check that is not named here never may. */
export function truthOf(check: string, view: View, step: PlanStep | null): boolean {
  const { world, spec } = view;
  const { cluster } = world;
  const all = members(world).map((host) => ({ host, node: cluster.node(host) }));
  const target = step?.node;
  const others = all.filter(({ host }) => host !== target);
  const out = others.filter(({ node }) => node.phase !== 'up' || !node.reachable);
  switch (check) {
    case 'synchronized':
      return (
        isUnsettled(cluster) ||
        all.some(({ node }) => !node.reachable && node.phase !== 'off') ||
        // A node that joined while nobody listened is in the cluster and not in the record.
        cluster.hosts('up').some((host) => !members(world).includes(host))
      );
    case 'max-unavailable':
      return out.length > 0;
    case 'drained':
      return target !== undefined && cluster.node(target).clients > 0;
    case 'clients-can-move':
      return others.every(
        ({ node }) => node.phase !== 'up' || !node.reachable || (shieldOf(spec) !== 'none' && node.gate === 'closed'),
      );
    case 'headroom':
      return others.some(({ node }) => node.cpu > spec.policy.headroom);
    case 'backup-not-running':
      return cluster.backup > 0;
    case 'maintenance-window':
      return cluster.windowClosed > 0;
    case 'really-gone':
      return all.some(({ node }) => !node.reachable);
    case 'replicas':
      return all.length - 1 < leastReplicas(view);
    case 'replica-count':
      return cluster.shape.replicaCount < 2;
    case 'data-kept':
      return !cluster.shape.clustered || out.length > 0 || others.length === 0;
    default:
      return false;
  }
}

const isUnsettled = (cluster: ModelCluster): boolean =>
  cluster.replicating > 0 || cluster.hosts('joining', 'leaving').length > 0;
