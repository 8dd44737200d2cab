import type { NodeObservation } from '../../domain/observation/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import type { LogSigns } from '../../domain/upgrade/index.js';
import type { RemoteHost } from './remote-host.js';

/** Bytes in a broker's log, and in its log of events; null: there is none. */
export type LogMarks = Pick<LogSigns, 'log' | 'events'>;

/** Another member of the same cluster, whose own view a driver may ask for. */
export interface Peer {
  readonly name: string;
  readonly host: RemoteHost;
}

/** One node that a driver works on. `members` are the host names that belong to the cluster, this one included when it does. */
export interface DrivenNode {
  readonly spec: ClusterSpec;
  readonly host: RemoteHost;
  readonly name: string;
  readonly members: readonly string[];
  /** The members other than this node that can be connected to; one that is missing here cannot be asked and is not waited for. */
  readonly peers: readonly Peer[];
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

/** A backup or restore that is under way, in the broker's own words. */
export type RunningBackup = Pick<Backup, 'id' | 'state'>;

/** How many persistent items the cluster holds, as its own API tells. */
export interface ItemCounts {
  readonly sessions: number;
  readonly queued: number;
}

export interface DrainRequest {
  /** Clients moved in a second. */
  readonly clientsPerSecond: number;
  /** Clients moved in a second as wanted at this moment; default: always `clientsPerSecond`. */
  readonly rate?: () => number;
  /** Milliseconds until the deadline policy applies. */
  readonly timeout: number;
  readonly onTimeout: 'fail' | 'stop-anyway' | 'wait';
  readonly publishWills: boolean;
}

/** What a start did besides starting. */
export interface StartResult {
  /** Where the previous start's copy of the data was moved before this start, relative to home; null when there was none. */
  readonly keptCopy: string | null;
}

export interface DrainResult {
  readonly moved: number;
  readonly left: number;
}

/** What was changed under a running broker that takes it up by itself. */
export interface HotChange {
  /** Files below home that were written. */
  readonly paths: readonly string[];
  /** Ids of extensions that shall have started. */
  readonly started: readonly string[];
  /** Ids of extensions that shall have stopped. */
  readonly stopped: readonly string[];
  /** Milliseconds that the broker is given to start and stop extensions; default 120 000. */
  readonly within?: number;
}

/**
 * What Hivekeeper asks of a broker product on one node. Calls are idempotent: each looks first, acts on the difference
 * and returns when the broker itself confirms. Errors are HivekeeperErrors.
 */
export interface BrokerDriver {
  observe(node: DrivenNode): Promise<NodeObservation>;
  /**
   * Starts the broker and waits until it serves as a member of exactly `node.members` that run; follows the log from where it stood.
   * A broker that already serves is left alone. @throws BrokerStartFailed
   */
  start(node: DrivenNode, mode: 'run' | 'recovery', progress: Progress): Promise<StartResult>;
  /**
   * Asks the broker to leave, waits until its process is gone, leave-replication included, and until the remaining members agree.
   * Never kills. @throws CheckFailed when it ended without handing its data over while other members run
   */
  stop(node: DrivenNode, progress: Progress): Promise<void>;
  /** Moves the node's clients elsewhere at the asked pace, sessions kept. @throws DrainStalled */
  drain(node: DrivenNode, request: DrainRequest, progress: Progress): Promise<DrainResult>;
  /** Connected clients by host name; no client detail leaves the driver. A broker that no host is known for counts under its own id. */
  countClients(node: DrivenNode): Promise<Readonly<Record<string, number>>>;
  countItems(node: DrivenNode, progress: Progress): Promise<ItemCounts>;
  /** Imports a backup that lies in the node's backup folder; waits for the verdict. */
  importBackup(node: DrivenNode, id: string, progress: Progress): Promise<Backup>;
  /**
   * The backup or restore that runs in the node's cluster, as one look tells; null: none does. Undefined where the broker has
   * no API that tells. @throws ApiUnreachable, ApiRefused
   */
  runningBackup(node: DrivenNode, signal?: AbortSignal): Promise<RunningBackup | null | undefined>;
  /**
   * Moves a stopped node's data folder aside by a rename on the same filesystem and returns where it lies, relative to
   * home; null when there was nothing to move. Never deletes. `reason` becomes part of the folder's name.
   */
  moveDataAside(node: DrivenNode, reason: string): Promise<string | null>;
  /** Where the broker's log ends now, for `untilTakenUp`. */
  logEnd(node: DrivenNode): Promise<number>;
  /**
   * Waits until a running broker has taken up a change, as far as it says so; `from` is the byte of its log before it.
   * @throws NotTakenUp with the broker's line when it refuses, BrokerNotSynchronized when it says nothing in time
   */
  untilTakenUp(node: DrivenNode, from: number, change: HotChange, progress: Progress): Promise<void>;
  /** Where its logs end now, for `signsSince`. */
  logMarks(node: DrivenNode, signal: AbortSignal): Promise<LogMarks>;
  /** What its logs tell since then, as numbers: no client's detail is in it. */
  signsSince(node: DrivenNode, marks: LogMarks, signal: AbortSignal): Promise<LogSigns>;
  /** The line by which a running broker refused a changed keystore or truststore since that byte of its log, or null. */
  storeRefusal(node: DrivenNode, from: number, signal: AbortSignal): Promise<string | null>;
  /**
   * Has a running broker make its own diagnostic archive, every node of the cluster one; returns their id, or null where
   * its API has no such thing. Does not wait for them. @throws ApiUnreachable, ApiRefused
   */
  requestDiagnostics(node: DrivenNode, progress: Progress): Promise<string | null>;
  /** Where a backup file with this id and broker version must lie, relative to home. */
  backupPath(fileName: string): string;
}
