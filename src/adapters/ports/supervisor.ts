import type { RemoteHost } from './remote-host.js';

/** The broker process of one node as its supervisor knows it; `startTime` is the kernel's, so that a reused pid is told apart. */
export type ProcessState =
  | { readonly running: true; readonly pid: number; readonly startTime: string }
  | { readonly running: false };

export interface SupervisedNode {
  readonly host: RemoteHost;
  readonly cluster: string;
  readonly home: string;
  readonly user: string;
}

/** Starts and stops the broker's process; knows nothing of clusters. Every call looks first and acts on the difference. */
export interface Supervisor {
  state(node: SupervisedNode): Promise<ProcessState>;
  /** Starts `current/bin/<script>`; a process that already runs is left alone. */
  start(node: SupervisedNode, script: 'run.sh' | 'recovery.sh'): Promise<'started' | 'already-running'>;
  /** Asks the process to end (SIGTERM) and returns at once; never SIGKILL. */
  requestStop(node: SupervisedNode): Promise<'requested' | 'not-running'>;
  /** Keeps the process from being started again, by a reboot or by hand. */
  disable(node: SupervisedNode): Promise<void>;
  /** Takes back `disable`, for a host that becomes a member again. */
  enable(node: SupervisedNode): Promise<void>;
  /**
   * Sees to it that nothing which kept the broker before its adoption starts it again; the broker is at rest then. Without
   * such a thing nothing is done.
   */
  takeOver(node: SupervisedNode): Promise<void>;
}
