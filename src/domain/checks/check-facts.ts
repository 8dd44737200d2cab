/** What the checks of a cluster in motion look at beyond its nodes. A fact that is absent was not asked for, or nobody could tell. */
export interface CheckFacts {
  /** The backup or restore that runs in the cluster; null: none does. */
  readonly backup?: { readonly id: string; readonly state: string } | null;
  /** Member -> what its processors do, in percent of all of them, over the last seconds; null where that cannot be read. */
  readonly cpu?: Readonly<Record<string, number | null>>;
  readonly license?: LicenseFacts;
  readonly balancer?: BalancerFacts;
  readonly window?: WindowFacts;
}

/** What the licenses of a cluster allow, and what is asked of them. */
export interface LicenseFacts {
  /** Nodes that they allow at once; null: any number, or they do not say. */
  readonly nodes: number | null;
  /** Why the cluster runs without a license that the broker accepts, as a clause; null where it has one. */
  readonly problem: string | null;
}

/** What stands before the cluster, as it says itself. */
export interface BalancerFacts {
  /** Its name, as in plans. */
  readonly name: string;
  /** Host of the balancer -> why it cannot be asked or does not serve; empty where all do. */
  readonly down: Readonly<Record<string, string>>;
  /** Member -> whether every balancer that answers sends new connections there. */
  readonly open: Readonly<Record<string, boolean>>;
  /** Connections that may be open at once through the balancers that serve, and those that are; null where it has no limit or does not tell. */
  readonly limit: number | null;
  readonly connections: number | null;
}

/** The maintenance windows of the spec at one moment. */
export interface WindowFacts {
  /** Whether one is open now. */
  readonly open: boolean;
  /** ISO time at which the next one opens; null when none ever does. */
  readonly next: string | null;
  /** The time zone in which people know that time; default: UTC. */
  readonly timeZone?: string | null;
  /** ISO time until which one stays open; null while none is. */
  readonly until?: string | null;
}
