import { type ClusterObservation, type NodeObservation, unknownNode } from '../../../src/domain/observation/index.js';
import type { WantedItems } from '../../../src/domain/planning/index.js';
import { emptyRecord, type RecordState } from '../../../src/domain/record/index.js';

export const at = '2026-01-01T00:00:00.000Z';
export const settingsOf = (host: string, generation = 0): string => `settings-${host}-${generation}`;
/** What a host should have, by the same two generations: of what asks for a restart, and of what does not. */
export const itemsOf = (host: string, generation = 0, hot = 0): WantedItems => ({
  restart: { 'conf/config.xml': settingsOf(host, generation) },
  hot: { 'conf/logback.xml': `log-${hot}` },
});
export const nodeId = (host: string): string => `id-${host}`;

/** A host on which nothing is. */
export function bareNode(host: string): NodeObservation {
  return {
    ...unknownNode(host, ''),
    reachable: true,
    unreachable: null,
    process: { running: false, pid: null, startTime: null },
    disk: { freeBytes: 100e9, dataBytes: 0, backupCopyBytes: 0 },
  };
}

/** A member that serves and sees `members`. */
export function servingNode(host: string, members: readonly string[], version = '4.30.0'): NodeObservation {
  return {
    ...bareNode(host),
    identity: {
      cluster: 'prod',
      node: host,
      token: 1,
      status: 'member',
      version,
      files: {},
      movedData: [],
      settings: settingsOf(host),
      items: { ...itemsOf(host).restart },
      hot: { ...itemsOf(host).hot },
    },
    process: { running: true, pid: 100, startTime: '1' },
    installed: [version],
    current: version,
    runningVersion: version,
    ready: true,
    view: {
      nodeId: nodeId(host),
      nodeState: 'RUNNING',
      members: members.map(nodeId).sort(),
      leaveReplicationInProgress: false,
    },
    clients: 0,
    replicaCount: 2,
    disk: { freeBytes: 100e9, dataBytes: 1e6, backupCopyBytes: 0 },
  };
}

/** A member whose process is gone. */
export function stoppedNode(host: string, version = '4.30.0'): NodeObservation {
  const running = servingNode(host, [], version);
  return { ...bareNode(host), identity: running.identity, installed: [version], current: version };
}

export function unreachableNode(host: string): NodeObservation {
  return { ...bareNode(host), reachable: false, unreachable: 'connection timed out', process: null, disk: null };
}

export function observationOf(nodes: readonly NodeObservation[]): ClusterObservation {
  return { cluster: 'prod', at, nodes: [...nodes] };
}

export function recordOf(members: readonly string[], cordoned: readonly string[] = []): RecordState {
  return {
    ...emptyRecord('prod'),
    // Of the operation that made its members.
    lease: { token: 1, holder: null, queue: [] },
    membership: {
      nodes: members.length,
      members: members.map((host) => ({ host, version: '4.30.0', since: at })),
      cordoned: cordoned.map((host) => ({ host, reason: 'decommissioned', at })),
    },
  };
}
