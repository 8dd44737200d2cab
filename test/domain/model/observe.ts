import type { ClusterObservation, NodeObservation } from '../../../src/domain/observation/index.js';
import { at, bareNode, nodeId, observationOf, servingNode, unreachableNode } from '../support/nodes.js';
import { settingsOf } from '../../../src/activities/steps/manifest/wanted-items.js';
import type { ModelCluster } from './cluster.js';
import { type ModelNode, runs } from './node.js';

/** What the worker would read of the hosts now. */
export function observe(cluster: ModelCluster): ClusterObservation {
  return observationOf([...cluster.nodes].map(([host, node]) => observeNode(cluster, host, node)));
}

function observeNode(cluster: ModelCluster, host: string, node: ModelNode): NodeObservation {
  if (!node.reachable) return unreachableNode(host);
  const running = runs(node);
  return {
    ...(running ? servingNode(host, []) : bareNode(host)),
    identity: identityOf(host, node),
    process: { running, pid: running ? 100 + node.starts : null, startTime: running ? '1' : null },
    installed: [...node.installed],
    current: node.current,
    runningVersion: running ? node.version : null,
    ready: node.phase === 'up' || node.phase === 'leaving',
    view: running ? viewOf(cluster, host, node) : null,
    clients: node.clients,
    replicaCount: running ? cluster.shape.replicaCount : null,
    synchronizing: running && cluster.replicating > 0 ? 'replication' : null,
    disk: { freeBytes: 100e9, dataBytes: node.data.size * 1e6, backupCopyBytes: node.copy.size * 1e6 },
  };
}

function viewOf(cluster: ModelCluster, host: string, node: ModelNode): NodeObservation['view'] {
  return {
    nodeId: nodeId(host),
    nodeState: node.phase === 'joining' ? 'JOINING' : 'RUNNING',
    members: cluster.viewOf(host).map(nodeId).sort(),
    leaveReplicationInProgress: node.phase === 'leaving',
  };
}

function identityOf(host: string, node: ModelNode): NodeObservation['identity'] {
  if (node.status === null) return null;
  const movedData = node.kept.map(({ path, reason, recovered }) => ({
    path,
    reason,
    at,
    ...(recovered !== undefined && { recovered }),
  }));
  return {
    cluster: 'prod',
    node: host,
    token: node.token,
    status: node.status,
    files: {},
    movedData,
    ...(node.version !== null && { version: node.version }),
    ...(node.started !== null && { started: node.started }),
    ...(node.soak !== null && { soak: soakOf(node, node.soak) }),
    ...(node.items !== null && {
      settings: settingsOf(node.items),
      items: { ...node.items.restart },
      hot: { ...node.items.hot },
    }),
  };
}

function soakOf({ token }: ModelNode, { version, start, done }: NonNullable<ModelNode['soak']>) {
  return { version, token, pid: 100 + start, startTime: '1', begun: at, log: 0, events: null, done };
}
