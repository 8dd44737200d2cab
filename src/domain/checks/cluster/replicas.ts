import { memberNodes, others } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

export const replicas: ClusterCheck = defineCheck({
  name: 'replicas',
  meaning: 'No removal leaves fewer members than the replica count that the nodes really run with.',
  remedy: 'Add a node first with scaleCluster, or put another in its place with replaceNode.',
  unmet: 'refuse',
  evaluate: (context) => {
    if (context.purpose !== 'leave' && context.purpose !== 'forget') return holds('no node leaves for good');
    if (!context.clustered) return holds('independent nodes hold no replicas of each other');
    const live = memberNodes(context).map((node) => node.replicaCount ?? 0);
    const needed = Math.max(context.replicaCount, ...live);
    const left = others(context).length;
    if (left >= needed) return holds(`${left} members stay, the replica count is ${needed}`);
    return fails(`${left} members would stay, fewer than the replica count ${needed}`, context.target ?? undefined);
  },
});
