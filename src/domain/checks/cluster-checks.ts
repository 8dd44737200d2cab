import type { NodeObservation } from '../observation/index.js';
import { authentication } from './authentication-check.js';
import { backupNotRunning } from './cluster/backup-not-running.js';
import { balancerCapacity } from './cluster/balancer-capacity.js';
import { clientsCanMove } from './cluster/clients-can-move.js';
import { headroom } from './cluster/headroom.js';
import { licenseCovers } from './cluster/license-covers.js';
import { maintenanceWindow } from './cluster/maintenance-window.js';
import { type ClusterCheckContext, isServing, memberNodes, others, targetNode } from './cluster-context.js';
import { type CheckDefinition, defineCheck, type Verdict } from './define-check.js';
import type { ClusterCheckName } from './names.js';

type ClusterCheck = CheckDefinition<ClusterCheckContext>;
const holds = (found: string): Verdict => ({ holds: true, found });
const fails = (reason: string, node?: string): Verdict =>
  node === undefined ? { holds: false, reason } : { holds: false, reason, node };

/** Whether the operation promises that the cluster goes on serving meanwhile. */
const promisesAvailability = (context: ClusterCheckContext): boolean =>
  context.purpose === 'restart' || context.purpose === 'leave';

const maxUnavailable: ClusterCheck = defineCheck({
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

const synchronized: ClusterCheck = defineCheck({
  name: 'synchronized',
  meaning: 'No member joins, merges or replicates, and every running member sees the same members.',
  remedy: 'Wait for the broker to finish; when member lists differ, look at the network between the nodes.',
  unmet: 'wait',
  evaluate: (context) => {
    const running = memberNodes(context).filter((node) => node.process?.running === true);
    for (const node of running) {
      const problem = unsynchronized(node);
      if (problem !== null) return fails(problem, node.host);
    }
    if (!context.clustered) return holds(`${running.length} independent nodes run, and none is busy with itself`);
    const views = new Set(running.map((node) => node.view?.members.join(' ')));
    if (views.size > 1) return fails(`members see different clusters: ${describeViews(running)}`);
    return viewMatches(running);
  },
});

function unsynchronized(node: NodeObservation): string | null {
  if (node.view === null) return `${node.host} runs but its health API does not tell its cluster`;
  if (node.view.nodeState !== 'RUNNING') return `${node.host} is ${node.view.nodeState}`;
  if (node.view.leaveReplicationInProgress) return `${node.host} replicates before it leaves`;
  if (node.synchronizing !== null) return `${node.host} has begun a ${node.synchronizing} that is not finished`;
  return null;
}

/** Members that run but are not in each other's view make two clusters, whatever the sets' sizes. */
function viewMatches(running: readonly NodeObservation[]): Verdict {
  const view = running[0]?.view?.members ?? [];
  const unseen = running.find((node) => node.view !== null && !view.includes(node.view.nodeId));
  if (unseen) return fails(`${unseen.host} is not in the members' list`, unseen.host);
  if (view.length !== running.length)
    return fails(`${running.length} members run but their cluster has ${view.length}`);
  return holds(`${running.length} members see each other and none synchronizes`);
}

function describeViews(running: readonly NodeObservation[]): string {
  return running.map((node) => `${node.host} sees ${node.view?.members.length ?? 0}`).join(', ');
}

const replicas: ClusterCheck = defineCheck({
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

/** HiveMQ user guide, "Replica count for persistent data": below two, restarting a node loses persistent data. */
const replicaCount: ClusterCheck = defineCheck({
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

const drained: ClusterCheck = defineCheck({
  name: 'drained',
  meaning: 'No planned stop while the node has clients, before the drain policy says so.',
  remedy: 'Close the gate before the node and drain it, or set policy.drain.onTimeout.',
  unmet: 'wait',
  evaluate: (context) => {
    const target = targetNode(context);
    if (!promisesAvailability(context) || context.clientsMayStay) return holds('the policy lets clients stay');
    if (!target || target.process?.running !== true) return holds('the node does not run');
    if (target.clients === null) return fails('the broker does not tell how many clients it has', target.host);
    return target.clients === 0 ? holds('no clients') : fails(`${target.clients} clients are connected`, target.host);
  },
});

const singleRecoveryStart: ClusterCheck = defineCheck({
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

const dataKept: ClusterCheck = defineCheck({
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

const versions: ClusterCheck = defineCheck({
  name: 'versions',
  meaning: 'No downgrade, same major, at most 18 monthly releases ahead.',
  remedy: 'Choose a version on the supported path.',
  unmet: 'refuse',
  evaluate: (context) =>
    context.versionProblem === null ? holds('the version is on the supported path') : fails(context.versionProblem),
});

/** An unpacked package takes about three times its archive, and the archive itself lies beside it meanwhile. */
const packageFactor = 4;

const disk: ClusterCheck = defineCheck({
  name: 'disk',
  meaning: 'Room for the package, and twice a node’s data where it restarts.',
  remedy: 'Free space below the broker’s home; folders under data-kept may go once their retention has passed.',
  unmet: 'refuse',
  evaluate: (context) => {
    const targets =
      context.target === null ? memberNodes(context) : [targetNode(context)].filter((node) => node !== null);
    for (const node of targets) {
      if (node.disk === null) continue;
      const needed =
        context.packageBytes * packageFactor + (context.purpose === 'restart' ? 2 * node.disk.dataBytes : 0);
      if (node.disk.freeBytes < needed)
        return fails(`${node.disk.freeBytes} bytes are free, ${needed} are needed`, node.host);
    }
    return holds('enough room');
  },
});

/** Ids have no names: one that no reachable broker claims may be that of a member that is said to be gone. */
function listsAStranger({ observation }: ClusterCheckContext): string | null {
  const reachable = observation.nodes.filter((node) => node.reachable && node.process?.running === true);
  const claimed = new Set(reachable.map((node) => node.view?.nodeId));
  const witness = reachable.find((node) => node.view?.members.some((id) => !claimed.has(id)));
  return witness === undefined
    ? null
    : `${witness.host} still lists a member that cannot be reached, so it may be serving`;
}

const reallyGone: ClusterCheck = defineCheck({
  name: 'really-gone',
  meaning:
    'A node counts as lost only if it is unreachable, in no member’s list, silent to the other hosts, and fenced or confirmed by name; or its process is seen to be gone.',
  remedy:
    'Power the host off and name it in `gone`, let the worker fence it where the operation can, or make it reachable.',
  unmet: 'refuse',
  evaluate: (context) => {
    const unreachable = memberNodes(context).filter((node) => !node.reachable);
    const unconfirmed = unreachable.filter((node) => !context.confirmedGone.includes(node.host));
    if (unreachable.length === 0) return holds('every member was observed');
    const listing = unconfirmed.length === 0 ? listsAStranger(context) : null;
    if (listing !== null) return fails(listing);
    const answering = unreachable.filter(({ host }) => context.answering?.[host] !== undefined);
    if (answering.length > 0)
      return answering.map(({ host }) => fails(`is alive: ${context.answering?.[host] ?? ''}`, host));
    if (unconfirmed.length === 0) return holds('every member was observed or confirmed gone');
    return unconfirmed.map((node) =>
      fails(`cannot be reached and may be serving: ${node.unreachable ?? 'no reason given'}`, node.host),
    );
  },
});

/** Checks of a cluster in motion, by name. */
export const clusterChecks: Readonly<Record<ClusterCheckName, ClusterCheck>> = {
  'max-unavailable': maxUnavailable,
  synchronized,
  replicas,
  'replica-count': replicaCount,
  drained,
  'single-recovery-start': singleRecoveryStart,
  'data-kept': dataKept,
  versions,
  disk,
  'really-gone': reallyGone,
  authentication,
  'backup-not-running': backupNotRunning,
  'clients-can-move': clientsCanMove,
  headroom,
  'license-covers': licenseCovers,
  'balancer-capacity': balancerCapacity,
  'maintenance-window': maintenanceWindow,
};
