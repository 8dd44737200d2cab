import { memberNodes } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

/** HiveMQ user guide, "Replica count for persistent data": below two, restarting a node loses persistent data. */
export const replicaCount: ClusterCheck = defineCheck({
  name: 'replica-count',
  meaning: 'Persistent data has two replicas at least, by the spec and by what each node runs with.',
  remedy: 'Set cluster.replicaCount to 2 or more; override this check where the data may be lost.',
  unmet: 'refuse',
  evaluate: (context) => {
    if (!context.clustered) return holds('independent nodes hold no replicas of each other');
    if (!context.persistentData) return holds('one node, or no data that outlives a connection');
    if (context.replicaCount < 2)
      return fails(`the replica count is ${context.replicaCount}: each restart of a node loses persistent data`);
    if (context.purpose !== 'restart') return holds(`the replica count is ${context.replicaCount}`);
    const single = memberNodes(context).find(
      (node) => node.process?.running === true && node.replicaCount !== null && node.replicaCount < 2,
    );
    return single
      ? fails(`runs with a replica count of ${single.replicaCount ?? 1}: a restart loses persistent data`, single.host)
      : holds(`the replica count is ${context.replicaCount}`);
  },
});
