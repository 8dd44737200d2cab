import { isServing } from '../../domain/checks/index.js';
import type { ClusterObservation, NodeObservation } from '../../domain/observation/index.js';
import type { NodeSummary } from '../../domain/operations/index.js';
import type { ClusterSession } from '../cluster-session.js';

/** The observation as rows of a status table. */
export function summarize(session: ClusterSession, observation: ClusterObservation): NodeSummary[] {
  return observation.nodes.map((node) => {
    const member = session.members.includes(node.host);
    return {
      host: node.host,
      member,
      state: stateOf(node, member),
      version: node.runningVersion ?? node.current,
      clients: node.clients,
      sees: node.view?.members.length ?? null,
      note: noteOf(session, node),
    };
  });
}

function stateOf(node: NodeObservation, member: boolean): string {
  if (!node.reachable) return 'unreachable';
  if (isServing(node)) return node.synchronizing === null ? 'serving' : `serving, ${node.synchronizing} under way`;
  if (node.process?.running === true) return node.view?.nodeState.toLowerCase() ?? 'starting';
  if (member) return 'down';
  return node.identity?.status === 'retired' ? 'retired' : 'spare';
}

function noteOf(session: ClusterSession, node: NodeObservation): string {
  if (node.unreachable !== null) return node.unreachable;
  if (node.disaster !== null) return node.disaster;
  const cordoned = session.record.membership.cordoned.find((entry) => entry.host === node.host);
  if (cordoned) return `cordoned: ${cordoned.reason}`;
  return node.drift.length > 0 ? 'differs from the record' : '';
}
