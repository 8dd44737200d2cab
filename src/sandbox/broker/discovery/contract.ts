import type { Address } from '../config/address.js';

/** What HiveMQ tells a discovery extension (extension SDK, ClusterDiscoveryInput). */
export interface DiscoveryInput {
  /** The node's own id, new at each start. */
  ownClusterId: string;
  ownAddress: Address;
}

/** What a discovery extension answers (extension SDK, ClusterDiscoveryOutput). */
export interface DiscoveryAnswer {
  /** The nodes that are there now; undefined when they could not be found out: the ones known so far stay. */
  nodes: Address[] | undefined;
  /** Seconds until it wants to be asked again; undefined: HiveMQ's own default. */
  reloadInterval: number | undefined;
}

/** The code of a discovery extension (extension SDK, ClusterDiscoveryCallback). */
export interface DiscoveryCallback {
  init(input: DiscoveryInput): Promise<DiscoveryAnswer>;
  reload(input: DiscoveryInput): Promise<DiscoveryAnswer>;
  /** At the stop of the extension or of the node. */
  destroy(input: DiscoveryInput): Promise<void>;
}

/** The log as an extension has it. */
export interface ExtensionLog {
  debug(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What the code of an extension is given to live in. */
export interface ExtensionHost {
  /** The extension's own folder. */
  home: string;
  env: NodeJS.ProcessEnv;
  /** The system properties of the broker's process. */
  properties: ReadonlyMap<string, string>;
  log: ExtensionLog;
}

export type CreateDiscovery = (host: ExtensionHost) => DiscoveryCallback;
