import type { NodeObservation } from '../../observation/index.js';
import { memberNodes } from '../cluster-context.js';
import { defineCheck, type Verdict } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

export const synchronized: ClusterCheck = defineCheck({
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
