import { type ClusterCheckContext, isServing, others } from '../cluster-context.js';
import { defineCheck, type Verdict } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

export const dataKept: ClusterCheck = defineCheck({
  name: 'data-kept',
  meaning:
    'A member that runs alone is never restarted with run.sh, which would set its data aside; an independent node does not leave with data that nobody takes over, and a dead one is not given up with data that only dead ones have.',
  remedy:
    'Add a second node first with scaleCluster, so that the data has another home; with dead nodes run recoverCluster first. Override this check when the data of the node may go out of service; its folder is kept.',
  unmet: 'refuse',
  evaluate: (context) => {
    if (!context.clustered) {
      return context.purpose === 'leave' || context.purpose === 'forget'
        ? fails('it is an independent broker: nobody takes over what it holds', context.target ?? undefined)
        : holds('an independent node starts with recovery.sh, from its own data');
    }
    if (context.purpose === 'forget') return heldByOthers(context);
    if (context.purpose !== 'restart') return holds('no restart');
    const serving = others(context).filter(isServing);
    return serving.length > 0
      ? holds(`${serving.length} other members hold the data`)
      : fails('no other member holds the data', context.target ?? undefined);
  },
});

/** What a dead node held is elsewhere as long as fewer nodes are gone than there are replicas, and no broker says otherwise. */
function heldByOthers(context: ClusterCheckContext): Verdict {
  const serving = others(context).filter(isServing);
  const hosts = new Set(serving.map(({ host }) => host));
  const lost = [...new Set([...context.members, ...(context.target === null ? [] : [context.target])])].filter(
    (host) => !hosts.has(host),
  );
  const replicas = Math.min(context.replicaCount, ...serving.flatMap(({ replicaCount: live }) => live ?? []));
  const target = context.target ?? undefined;
  if (lost.length >= replicas)
    return fails(`${lost.join(', ')} not serving, the replica count is ${replicas}: some data is on them only`, target);
  const witness = context.recovered === true ? undefined : serving.find(({ disaster }) => disaster !== null);
  if (witness) return fails(`${witness.host} says that data was lost: ${witness.disaster}`, target);
  return holds(`${[...hosts].join(', ')} hold what it held`);
}
