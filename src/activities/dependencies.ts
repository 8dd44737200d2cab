import type {
  BrokerDriver,
  ClusterReader,
  ContentStore,
  Fencing,
  HostPool,
  Supervisor,
  GateSession,
  TrafficGate,
  UserPasswords,
} from '../adapters/ports/index.js';
import type { SecretResolver } from '../adapters/secrets/index.js';
import type { KeyMaterialIssuer } from '../adapters/tls/index.js';
import type { ClusterSpec } from '../domain/spec/index.js';
import type { RecordService } from './record/record-service.js';

/** Everything that activities reach the world through; a test may replace each. */
export interface Dependencies {
  readonly hosts: HostPool;
  readonly store: ContentStore;
  readonly secrets: SecretResolver;
  readonly records: RecordService;
  /** Who gives nodes their certificates, and makes their stores. */
  readonly keyMaterial: KeyMaterialIssuer;
  readonly userPasswords: UserPasswords;
  /** Folder of the worker in which diagnostics are collected and packed. */
  readonly diagnostics: string;
  /** Milliseconds for which a step may report the same before it is said to stall; default 5 minutes. */
  readonly stallAfter?: number;
  driver(spec: ClusterSpec): BrokerDriver;
  /** Who reads clusters of a product that were made by hand. @throws HivekeeperError InvalidInput for an unknown product */
  reader(product: string): ClusterReader;
  supervisor(spec: ClusterSpec): Supervisor;
  /** What keeps new clients away from a node, by `shieldOf` the spec; null where nothing does. */
  gate(session: GateSession): TrafficGate | null;
  /** What powers hosts off that cannot be reached; null when the spec names nothing. */
  fencing(spec: ClusterSpec): Fencing | null;
}
