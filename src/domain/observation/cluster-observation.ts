import { z } from 'zod';

/** Identity that Hivekeeper leaves on a host, `<home>/.hivekeeper/node.json`. */
export const nodeIdentitySchema = z.object({
  cluster: z.string(),
  node: z.string(),
  /** Fencing token of the operation that wrote it last. */
  token: z.number().int(),
  status: z.enum(['member', 'retired']),
  version: z.string().optional(),
  /** Path relative to home -> SHA-256 of what Hivekeeper wrote. */
  files: z.record(z.string(), z.string()).default({}),
  /** Data folders moved aside, oldest first, relative to home. */
  movedData: z
    .array(
      z.object({
        path: z.string(),
        at: z.string(),
        reason: z.string(),
        /** When its content was verified to be back in the cluster. */
        recovered: z.string().optional(),
      }),
    )
    .default([]),
  /** Hash of the settings that the node was last started with, the list of members left out. */
  settings: z.string().optional(),
  /** Item of the manifest that asks for a restart -> hash of what the node was last started with; its key is a path, or a name. */
  items: z.record(z.string(), z.string()).optional(),
  /** Item that the broker takes up by itself -> hash of what it was last given. */
  hot: z.record(z.string(), z.string()).optional(),
  /** Fencing token of the operation that started it last. */
  started: z.number().int().optional(),
  /** How it was watched on its version: one that was stopped or started meanwhile is watched anew. */
  soak: z
    .object({
      version: z.string(),
      /** Fencing token of the operation that began to watch this process. */
      token: z.number().int(),
      pid: z.number().int(),
      startTime: z.string(),
      /** Since when nothing was wrong with it. */
      begun: z.string(),
      /** Bytes of its logs when it was looked at first; null: there was none. */
      log: z.number().int(),
      events: z.number().int().nullable(),
      done: z.boolean(),
    })
    .optional(),
  /** Clients as they were counted right before its last stop, until they were seen elsewhere. */
  clientsBefore: z
    .object({
      /** Fencing token of the operation that stopped it. */
      token: z.number().int(),
      /** Clients of this node, and of the other members together. */
      node: z.number().int(),
      others: z.number().int(),
      /** Since when they are awaited, once the node has stopped. */
      since: z.string().optional(),
    })
    .optional(),
  /** Its last change of certificates. */
  certificates: z
    .object({
      /** Fencing token of the operation. */
      token: z.number().int(),
      /** What it was for: `given`, `renew` or `switch`. */
      goal: z.string(),
      /** Fingerprint of the certificate that a renewal replaces. */
      replaces: z.string().optional(),
      done: z.boolean(),
    })
    .optional(),
  /** Keys of everything that Hivekeeper has put on the host, so that what a spec no longer has can be taken away. */
  placed: z.array(z.string()).optional(),
  /** Set while a change is made that the broker has not taken yet: `.hivekeeper/before` holds what the node had then. */
  before: z
    .object({
      /** `hot` and `placed` of then. */
      hot: z.record(z.string(), z.string()),
      placed: z.array(z.string()),
      /** Byte of the broker's log at which the change began. */
      from: z.number().int(),
      /** Whether the node is started with the change; else its broker takes it up while it runs. */
      restart: z.boolean(),
    })
    .optional(),
  /** The latest change that was taken back, noted before that begins: an attempt that was cut off goes on with it. */
  refused: z
    .object({
      /** Fencing token of the operation. */
      token: z.number().int(),
      /** Kind of the error that it ends with, and what that says. */
      kind: z.string(),
      why: z.string(),
      /** What the node has now, in a sentence, once it is as before. */
      after: z.string().optional(),
    })
    .optional(),
  /**
   * `adopted`: the folders are still as somebody laid them out by hand, package and data in one; the next planned stop
   * brings them in order. Otherwise absent.
   */
  layout: z.literal('adopted').optional(),
  /** Set on the node that was stopped last, when a whole cluster was stopped. */
  stoppedLast: z.boolean().optional(),
});
export type NodeIdentity = z.infer<typeof nodeIdentitySchema>;

/** What the broker says of its cluster, from its own health API. */
export const membershipViewSchema = z.object({
  nodeId: z.string(),
  nodeState: z.string(),
  /** Ids of all members that this node sees, itself included, sorted. */
  members: z.array(z.string()),
  leaveReplicationInProgress: z.boolean(),
});
export type MembershipView = z.infer<typeof membershipViewSchema>;

/** An extension as it lies on a node. */
export const observedExtensionSchema = z.object({
  id: z.string(),
  /** From its description; null where that cannot be read. */
  version: z.string().nullable(),
  /** No DISABLED file lies in its folder. */
  enabled: z.boolean(),
  /** SHA-256 of the archive that Hivekeeper unpacked it from; null for one that came otherwise. */
  archive: z.string().nullable(),
  /** What the broker's log said of it last since its start; null: nothing. */
  said: z.enum(['started', 'stopped', 'failed']).nullable(),
  /** The line of the log by which it said so. */
  line: z.string().nullable().default(null),
  /** Whether the package of the broker has an extension of this id. */
  bundled: z.boolean().default(false),
});
export type ObservedExtension = z.infer<typeof observedExtensionSchema>;

/** What is known of one host at one moment. A field that could not be read is null, never guessed. */
export const nodeObservationSchema = z.object({
  host: z.string(),
  reachable: z.boolean(),
  /** Why it is not reachable, one line. */
  unreachable: z.string().nullable(),
  identity: nodeIdentitySchema.nullable(),
  process: z
    .object({ running: z.boolean(), pid: z.number().int().nullable(), startTime: z.string().nullable() })
    .nullable(),
  /** Versions unpacked under `packages`. */
  installed: z.array(z.string()),
  /** The version that `current` points to. */
  current: z.string().nullable(),
  /** The version that the running broker itself reports. */
  runningVersion: z.string().nullable(),
  /** Ready by the broker's own readiness, with its listeners up. */
  ready: z.boolean(),
  view: membershipViewSchema.nullable(),
  /** Live client connections on this node; null where the broker cannot tell. */
  clients: z.number().int().nullable(),
  replicaCount: z.number().int().nullable(),
  /** A synchronization that the log shows as begun and not finished: join, merge or replication. */
  synchronizing: z.enum(['join', 'merge', 'replication']).nullable(),
  /** The broker's own disaster warning since its start, whole line. */
  disaster: z.string().nullable(),
  /**
   * Path relative to home -> SHA-256 as found on disk, of the files that Hivekeeper manages. Those with secrets in them
   * are left out.
   */
  files: z.record(z.string(), z.string()),
  disk: z.object({ freeBytes: z.number(), dataBytes: z.number(), backupCopyBytes: z.number() }).nullable(),
  /** Symbolic link that Hivekeeper manages, relative to home -> where it leads, as the link has it. */
  links: z.record(z.string(), z.string()).default({}),
  /** License file that the broker called corrupt last since its start -> the line of its log. */
  corruptLicenses: z.record(z.string(), z.string()).default({}),
  /** Every folder below `extensions`; null where it could not be read. */
  extensions: z.array(observedExtensionSchema).nullable().default(null),
  /**
   * What differs from what Hivekeeper placed, one clause each: `conf/config.xml: changed by hand`. Filled in where a
   * plan is made; empty before.
   */
  drift: z.array(z.string()).default([]),
});
export type NodeObservation = z.infer<typeof nodeObservationSchema>;

/** The real cluster, read in one go; input of every decision. */
export const clusterObservationSchema = z.object({
  cluster: z.string(),
  /** ISO time at which the reading began. */
  at: z.string(),
  nodes: z.array(nodeObservationSchema),
});
export type ClusterObservation = z.infer<typeof clusterObservationSchema>;

/** A host that could not be read: nothing is known of it, and nothing is assumed. `reason` is one line for people. */
export function unknownNode(host: string, reason: string): NodeObservation {
  return {
    host,
    reachable: false,
    unreachable: reason,
    identity: null,
    process: null,
    installed: [],
    current: null,
    runningVersion: null,
    ready: false,
    view: null,
    clients: null,
    replicaCount: null,
    synchronizing: null,
    disaster: null,
    files: {},
    disk: null,
    links: {},
    corruptLicenses: {},
    extensions: null,
    drift: [],
  };
}
