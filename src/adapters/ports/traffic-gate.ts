import type { ClusterSpec } from '../../domain/spec/index.js';
import type { RemoteHost } from './remote-host.js';

/** The cluster that a gate stands before, and the way to its hosts. */
export interface GateSession {
  readonly spec: ClusterSpec;
  /** @throws HivekeeperError HostUnreachable, HostKeyMismatch, AuthenticationFailed */
  connect(host: string, signal?: AbortSignal): Promise<RemoteHost>;
}

/** What stands before the cluster and decides where new connections go. Connections that exist are left alone. */
export interface TrafficGate {
  /** How the gate is named in plans, e.g. `command:stage-gate`. */
  readonly name: string;
  open(host: string, backend: string): Promise<'opened' | 'already-open'>;
  close(host: string): Promise<'closed' | 'already-closed'>;
  /** What the last `open` or `close` left undone, as a clause; absent where nothing. */
  readonly remark?: string | undefined;
  /** Host name -> whether new connections are sent there. */
  list(): Promise<Readonly<Record<string, boolean>>>;
  /** Why it could not close the way to that host, in a sentence; null where it can. Absent where that shows only when it is tried. */
  problem?(host: string, signal?: AbortSignal): Promise<string | null>;
  /** Takes away what it keeps on a host that leaves the cluster; absent where that is nothing. */
  leave?(host: string): Promise<void>;
}
