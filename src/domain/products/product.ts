import type { ClusterSpec } from '../spec/index.js';

/** Where the traffic gate sends clients, and what a host must have free. */
export interface NodePorts {
  /** `address:port` of the first MQTT listener, as clients and gates reach it. */
  readonly backend: string;
  /** Every address and port that the node binds, as seen from its host. */
  readonly bound: readonly { readonly address: string; readonly port: number }[];
  /** Cluster transport as the other nodes reach it; null when clustering is off. */
  readonly transport: { readonly address: string; readonly port: number } | null;
}

/** What planners and checks must know of a broker product; everything else about it stays in its folders. */
export interface BrokerProduct {
  readonly name: string;
  /** Oldest Java major version that the broker runs on. */
  readonly minimumJava: number;
  /** Open files that the broker's user must be allowed. */
  readonly minimumOpenFiles: number;
  replicaCount(spec: ClusterSpec): number;
  ports(spec: ClusterSpec, host: string): NodePorts;
  /** Why a member may not go from one version to the other while others run `running`; null when it may. */
  upgradeProblem(from: string, to: string, running: readonly string[]): string | null;
  /** Folder name of an unpacked package below `packages`. */
  packageName(version: string): string;
  /** The program that turns data folders into a backup, below the folder of its own package. */
  readonly recoveryProgram: string;
  /** Arguments of that program for these data folders and this export folder. */
  recoveryArguments(folders: readonly string[], exported: string): string[];
  /** How many sessions the program says it recovered; null when its output does not tell. */
  recoveredSessions(output: string): number | null;
}
