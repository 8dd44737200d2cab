import { z } from 'zod';

/** What the preflight reads of one host before anything is put on it. Nothing is changed by reading it. */
export const hostFactsSchema = z.object({
  host: z.string(),
  reachable: z.boolean(),
  /** Kind and text of what went wrong when the host was not reached. */
  problem: z.object({ kind: z.string(), message: z.string() }).nullable(),
  /** Whether commands can be run as the broker's user, and as its owner of home. */
  privilege: z.object({ ok: z.boolean(), found: z.string() }).nullable(),
  /** First line of `java -version` as the broker's user, null when there is no Java. */
  java: z.string().nullable(),
  openFiles: z.number().nullable(),
  /** Ports of the node that are taken, by something that is not this node. */
  portsTaken: z.array(z.number().int()),
  /** Other members whose cluster port gives no answer from here: neither accepted nor refused. */
  unreachablePeers: z.array(z.string()),
  clockSkewMs: z.number().nullable(),
  freeBytes: z.number().nullable(),
  missingTools: z.array(z.string()),
  /** Whether home lies on a filesystem mounted noexec. */
  noexec: z.boolean(),
  /** Whether packages, data and data-kept would lie on one filesystem. */
  sameFilesystem: z.boolean(),
  /** The cluster and node that the host already belongs to. */
  belongsTo: z.object({ cluster: z.string(), node: z.string() }).nullable(),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;

/** What the checks of one host compare the facts with. */
export interface HostCheckContext {
  readonly facts: HostFacts;
  readonly cluster: string;
  /** Null where Hivekeeper brings the Java along. */
  readonly minimumJava: number | null;
  readonly minimumOpenFiles: number;
  readonly packageBytes: number;
}
