/** A connection that was tried between two hosts. */
export interface ReachFact {
  readonly from: string;
  readonly to: string;
  readonly outcome: 'open' | 'refused' | 'filtered' | 'no-route' | 'unknown';
  readonly reason: string | null;
}

/** The network of a host's cluster address; null where it is not known. */
export interface NetworkFact {
  readonly name: string;
  readonly network: string | null;
  readonly interface: string | null;
  readonly broadcast: string | null;
  readonly multicast: boolean | null;
}

/** Packets that one host sent and another listened for; `arrived` null where it could not be tried. */
export interface DatagramFact {
  readonly from: string;
  readonly to: string;
  readonly arrived: boolean | null;
  readonly reason: string | null;
}

/** What the preflight tried out of the way in which nodes find and reach each other. What was not tried is empty or null. */
export interface DiscoveryFacts {
  readonly reach: readonly ReachFact[];
  /** Packets that discovery needs; null for a discovery without. */
  readonly datagrams: {
    readonly type: 'multicast' | 'broadcast';
    readonly group: string;
    readonly networks: readonly NetworkFact[];
    readonly delivered: readonly DatagramFact[];
  } | null;
  readonly bucket: {
    /** Who asked: the worker, or the name of a host. */
    readonly askedBy: string;
    readonly problem: string | null;
    /** Why it was not asked; null when it was. */
    readonly untested: string | null;
    /** ISO time at which the session of its keys ends. */
    readonly expires: string | null;
  } | null;
  /** What the bucket announces against what runs; null where nobody looked, or could. */
  readonly announcements: {
    readonly found: number;
    /** Members that run and are not announced. */
    readonly missing: readonly string[];
    /** Announcements at whose address no member runs: `address:port`. */
    readonly stale: readonly string[];
  } | null;
  readonly name: {
    readonly name: string;
    readonly addresses: readonly string[];
    /** Hosts whose address is not among them. */
    readonly missing: readonly string[];
    /** Why it could not be resolved. */
    readonly problem: string | null;
  } | null;
  /** Files on hosts that would win over the settings of the spec. */
  readonly overruling: readonly { readonly host: string; readonly path: string }[];
  /** ISO time of the look. */
  readonly at: string;
}
