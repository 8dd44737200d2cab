import type { NodeObservation } from '../../domain/observation/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import type { RemoteHost } from './remote-host.js';

/** One node that a driver works on. `members` are the host names that belong to the cluster, this one included when it does. */
export interface DrivenNode {
  readonly spec: ClusterSpec;
  readonly host: RemoteHost;
  readonly name: string;
  readonly members: readonly string[];
}

/** Says what is being waited for and hears of cancellation; every long call takes one. */
export interface Progress {
  readonly signal: AbortSignal;
  /** One line for people, e.g. `n2: 34 clients left, 2 s`; throttled by the caller's own means. */
  report(waitingFor: string): void;
}

export interface Backup {
  readonly id: string;
  readonly state: string;
  readonly bytes: number | null;
  readonly failReason: string | null;
}

/** How many persistent items the cluster holds, as its own API tells. */
export interface ItemCounts {
  readonly sessions: number;
  readonly queued: number;
}

export interface DrainRequest {
  /** Clients moved in a second. */
  readonly clientsPerSecond: number;
  /** Milliseconds until the deadline policy applies. */
  readonly timeout: number;
  readonly onTimeout: 'fail' | 'stop-anyway' | 'wait';
  readonly publishWills: boolean;
}

export interface DrainResult {
  readonly moved: number;
  readonly left: number;
}

/**
 * What Hivekeeper asks of a broker product on one node. Calls are idempotent: each looks first, acts on the difference
 * and returns when the broker itself confirms. Errors are HivekeeperErrors.
 */
export interface BrokerDriver {
  observe(node: DrivenNode): Promise<NodeObservation>;
  /** Starts the broker and waits until it serves as a member of exactly `node.members` that run; follows the log from where it stood. */
  start(node: DrivenNode, mode: 'run' | 'recovery', progress: Progress): Promise<void>;
  /** Asks the broker to leave and waits until its process is gone, leave-replication included. Never kills. */
  stop(node: DrivenNode, progress: Progress): Promise<void>;
  /** Moves the node's clients elsewhere at the asked pace, sessions kept. */
  drain(node: DrivenNode, request: DrainRequest, progress: Progress): Promise<DrainResult>;
  /** Connections on each node by host name's node id; no client detail leaves the driver. */
  countClients(node: DrivenNode): Promise<Readonly<Record<string, number>>>;
  countItems(node: DrivenNode, progress: Progress): Promise<ItemCounts>;
  /** Imports a backup that lies in the node's backup folder; waits for the verdict. */
  importBackup(node: DrivenNode, id: string, progress: Progress): Promise<Backup>;
  /** Where a backup file with this id and broker version must lie, relative to home. */
  backupPath(fileName: string): string;
}
