import type { ProductChanges } from '../changes/index.js';
import type { NodeObservation } from '../observation/index.js';
import type { ClusterSpec, Content } from '../spec/index.js';
import type { ProductAdditions } from './additions.js';
import type { DiscoveryNeeds } from './discovery.js';
import type { GivenKeyMaterial, IssuedStores } from './key-material.js';
import type { CrossedRelease } from './crossed-release.js';
import type { ClientEndpoint, ClientPort, MetricsEndpoint } from './endpoint.js';
import type { GateTarget } from './gate-listener.js';
import type { ProductUsers } from './users.js';

/** A port that a node binds. */
export interface BoundAddress {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** How many ports after it will do as well, when it is taken. */
  readonly range: number;
}

/** Where the traffic gate sends clients, and what a host must have free. */
export interface NodePorts {
  /** `address:port` of the first MQTT listener, as clients and gates reach it. */
  readonly backend: string;
  /** Every address and port that the node binds, as seen from its host. */
  readonly bound: readonly BoundAddress[];
  /** Cluster transport as the other nodes reach it; null when clustering is off. */
  readonly transport: { readonly address: string; readonly port: number } | null;
}

/** Levels of a broker's log, from the most to the least it says. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A certificate that a node shall get. */
export interface CertificateWish {
  readonly issuer: 'internal-ca' | { readonly hook: string };
  /** Names and addresses by which others reach the node. */
  readonly addresses: readonly string[];
}

/** Content of a spec that says something which Hivekeeper relies on. */
export interface JudgedContent {
  /** Key of the spec, for messages. */
  readonly key: string;
  readonly content: Content;
  /** What is wrong with the text, one sentence each; none where it may be used. */
  readonly problems: (text: string) => string[];
}

/** How an extension describes itself. */
export interface ExtensionDescription {
  /** Relative to its folder. */
  readonly path: string;
  /** Why the broker would not load it from a folder of this name, one clause each: `has no <name>`. */
  readonly problems: (text: string, folder: string) => string[];
  /** The version that it gives; null without one. */
  readonly version: (text: string) => string | null;
}

/** What planners and checks must know of a broker product; everything else about it stays in its folders. */
export interface BrokerProduct {
  readonly name: string;
  /** Oldest Java major version that the broker runs on. */
  readonly minimumJava: number;
  /** Open files that the broker's user must be allowed. */
  readonly minimumOpenFiles: number;
  replicaCount(spec: ClusterSpec): number;
  /** Whether the nodes form a cluster; if not, each is a broker of its own, and nobody takes over what one holds. */
  clustered(spec: ClusterSpec): boolean;
  /** Whether there can be data that outlives connections and so needs more than one replica. */
  keepsPersistentData(spec: ClusterSpec): boolean;
  /**
   * Whether files of each node list the members, so that those of the others change when a node joins or leaves.
   * With dynamic discovery only the guard of an unattended start under systemd does.
   */
  membersInFiles(spec: ClusterSpec): boolean;
  /** What cluster transport speaks. */
  transportProtocol(spec: ClusterSpec): 'tcp' | 'udp';
  /** How the nodes find each other, for the preflight. */
  discovery(spec: ClusterSpec): DiscoveryNeeds;
  /** Whether the spec leaves some port to be chosen. */
  hasOpenPorts(spec: ClusterSpec): boolean;
  /** The spec with open ports filled in from the record, as far as that has them. */
  keepPorts(spec: ClusterSpec, recorded: ClusterSpec): ClusterSpec;
  /**
   * The spec with a number for each port that it leaves open: the one of the record, else one that is not taken on any
   * host. @throws HivekeeperError InvalidInput when there is none
   */
  choosePorts(spec: ClusterSpec, recorded: ClusterSpec | null, taken: (port: number) => boolean): ClusterSpec;
  /** What a node's certificate must have and who issues it; null where the spec has no issuer. */
  certificate(spec: ClusterSpec, host: string): CertificateWish | null;
  /** Milliseconds for which that issuer's new certificates are valid; an issuer may decide for itself. */
  certificateValidity(spec: ClusterSpec): number;
  /** Which stores that issuer makes. */
  issuedStores(spec: ClusterSpec): IssuedStores;
  /**
   * The spec with key material at the listener of that name, or at all with TLS.
   * @throws HivekeeperError InvalidInput
   */
  withKeyMaterial(spec: ClusterSpec, listener: string | undefined, given: GivenKeyMaterial): ClusterSpec;
  /** Content that is judged, once it is read, before an operation is planned. */
  contentToJudge(spec: ClusterSpec): JudgedContent[];
  /** What somebody who looks at a cluster or changes it should know. @param nodes its members, as observed */
  warnings(spec: ClusterSpec, nodes: readonly NodeObservation[]): string[];
  /** What every extension has in its folder. */
  readonly extensionDescription: ExtensionDescription;
  /** Licenses and extensions that are added to running clusters. */
  readonly additions: ProductAdditions;
  /** Who may connect, and who may log in to the web interface. */
  readonly users: ProductUsers;
  /** What changes of the product's own keys do to running nodes. */
  readonly changes: ProductChanges;
  /** The spec with another level of the broker's log. */
  withLogLevel(spec: ClusterSpec, level: LogLevel): ClusterSpec;
  /** Where clients reach these members. */
  clientEndpoints(spec: ClusterSpec, members: readonly string[]): ClientEndpoint[];
  /** The listeners for MQTT clients of one node, as it binds them: no cluster transport, no API. @throws HivekeeperError UnknownNode */
  clientPorts(spec: ClusterSpec, host: string): ClientPort[];
  /** Where Prometheus reads the metrics of these members; null where nothing serves them. */
  metricsEndpoints(spec: ClusterSpec, members: readonly string[]): MetricsEndpoint[] | null;
  ports(spec: ClusterSpec, host: string): NodePorts;
  /** The node as a load balancer reaches it. @throws HivekeeperError UnknownNode */
  gateTarget(spec: ClusterSpec, host: string): GateTarget;
  /** Why a member may not go from one version to the other while others run `running`; null when it may. */
  upgradeProblem(from: string, to: string, running: readonly string[]): string | null;
  /** The releases that are crossed on the way from one version to a newer one, oldest first; and the page with all guides. */
  upgradeGuides(from: string, to: string): { readonly guidesPage: string; readonly crossed: readonly CrossedRelease[] };
  /** Extensions of the spec that do not go with its version, by what the spec says of them; one sentence each. */
  extensionProblems(spec: ClusterSpec): string[];
  /** Ids of extensions that the spec brings and of which nobody says with which versions they go. */
  unprovenExtensions(spec: ClusterSpec): string[];
  /** Folder name of an unpacked package below `packages`. */
  packageName(version: string): string;
  /** The program that turns data folders into a backup, below the folder of its own package. */
  readonly recoveryProgram: string;
  /** Arguments of that program for these data folders and this export folder. */
  recoveryArguments(folders: readonly string[], exported: string): string[];
  /** How many sessions the program says it recovered; null when its output does not tell. */
  recoveredSessions(output: string): number | null;
}
