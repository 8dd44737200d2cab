import type { Plan } from '../../domain/plan/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';

/** One step for people: lines of a POSIX shell, comments among them. */
export interface Manual {
  /** What to look at before; a line that fails says stop. */
  readonly look?: readonly string[];
  readonly act: readonly string[];
  /** What to wait for afterwards. */
  readonly wait?: readonly string[];
  /** How to take it back, as comments; without it there is nothing to take back. */
  readonly undo?: readonly string[];
}

export interface ManualContext {
  readonly spec: ClusterSpec;
  readonly plan: Plan;
}

/** What a broker product says and takes, for who does by hand what its driver does. All lines run on the node's host. */
export interface ProductManual {
  /** Functions `serving HOST COUNT` and `clients HOST`, which the other lines use; they run where the runbook runs. */
  helpers(spec: ClusterSpec, hosts: readonly string[]): string[];
  /** Moves a node's clients elsewhere at the pace of the policy. */
  moveClients(spec: ClusterSpec, host: string): string[];
  /** Shows that a node which was asked to stop has handed its data over; `$log` holds what it logged since. */
  readonly handedOver: string[];
  /** Ends once `$home`'s log, from byte `$from` on, says that the broker has started; fails where it says that it will not. */
  readonly started: string[];
  /** Keeps what the start script would overwrite. */
  readonly beforeStart: string[];
  /** Relative to home. */
  readonly log: string;
}
