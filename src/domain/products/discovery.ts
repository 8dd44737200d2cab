import type { Secret } from '../spec/index.js';

/** Packets by which nodes find each other: they must be delivered between all of them. */
export interface DiscoveryDatagrams {
  readonly type: 'multicast' | 'broadcast';
  readonly group: string;
  readonly port: number;
}

/** The bucket in which nodes announce themselves. */
export interface DiscoveryBucket {
  readonly region: string;
  readonly bucket: string;
  /** What the keys of all announcements begin with; may be empty. */
  readonly prefix: string;
  /** Another server than Amazon's; `https://` where no scheme is given, as the extension has it. */
  readonly endpoint?: string | undefined;
  /** The region that requests to `endpoint` are signed for. Default: `region` */
  readonly endpointRegion?: string | undefined;
  /** Whether the bucket stands in the path. Default: in the host name, unless that is an IP address. */
  readonly pathStyleAccess?: boolean | undefined;
  /** The keys that the spec names; null where nodes find their own. */
  readonly keys: {
    readonly accessKeyId: Secret;
    readonly secretAccessKey: Secret;
    readonly sessionToken?: Secret | undefined;
  } | null;
  /** Where nodes find their own; `hidden` where nobody but the broker's process sees them. */
  readonly nodeKeys: 'default' | 'user_credentials_file' | 'instance_profile_credentials' | 'hidden';
  /** Seconds after which an announcement is void; 0: never. */
  readonly expiration: number;
  /** When the session of the keys ends (ISO time); null when it does not, or nobody said. */
  readonly expires: string | null;
}

/** The DNS name whose addresses are the nodes. */
export interface DiscoveryName {
  readonly name: string;
  /** Host or host:port of the server that is asked; null: the host's own. */
  readonly server: string | null;
}

/** How the nodes of a cluster find each other, as far as a preflight can try it out. */
export interface DiscoveryNeeds {
  readonly datagrams: DiscoveryDatagrams | null;
  readonly bucket: DiscoveryBucket | null;
  readonly name: DiscoveryName | null;
  /** Files, relative to home, that would win over what Hivekeeper writes; none may be left on a host. */
  readonly overruling: readonly string[];
}
