import type { RemoteHost } from '../ports/index.js';

/** A host that takes part in a probe. */
export interface ProbeHost {
  readonly name: string;
  readonly host: RemoteHost;
  /** The address at which the other nodes know it: its cluster bind address, or the external one. */
  readonly address: string;
}

/** What is being probed between which two hosts. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** Every ordered pair of different hosts. */
export function pairsOf<T extends Pick<ProbeHost, 'name'>>(hosts: readonly T[]): { from: T; to: T }[] {
  return hosts.flatMap((from) => hosts.filter((to) => to.name !== from.name).map((to) => ({ from, to })));
}
