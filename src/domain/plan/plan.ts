import { z } from 'zod';
import { specChangeSchema } from '../changes/spec-change.js';

const undoSchema = z.object({
  kind: z.string(),
  input: z.record(z.string(), z.unknown()),
  /** The undo no longer applies once this group has begun. */
  until: z.string(),
});

/** One activity: coarse, idempotent, with everything it needs in `input`. */
export const planStepSchema = z.object({
  type: z.literal('step'),
  /** Unique in the plan and readable, e.g. `n2/stop`. */
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  node: z.string().optional(),
  input: z.record(z.string(), z.unknown()),
  /** Shown in the plan and never run, for this reason. */
  skip: z.string().optional(),
  /** What puts this step back when the operation ends before `until` begins. */
  undo: undoSchema.optional(),
});
export type PlanStep = z.infer<typeof planStepSchema>;

export interface PlanGroup {
  type: 'sequence' | 'parallel';
  id: string;
  title: string;
  node?: string | undefined;
  /** Once begun, pause and cancel wait until the group is finished: there is no safe point inside. */
  atomic?: boolean | undefined;
  /** How many children of a parallel group run at once; default: all. */
  limit?: number | undefined;
  children: PlanNode[];
}
export type PlanNode = PlanStep | PlanGroup;

const planGroupSchema: z.ZodType<PlanGroup> = z.object({
  type: z.enum(['sequence', 'parallel']),
  id: z.string(),
  title: z.string(),
  node: z.string().optional(),
  atomic: z.boolean().optional(),
  limit: z.number().int().positive().optional(),
  children: z.array(z.lazy(() => planNodeSchema)),
});
const planNodeSchema: z.ZodType<PlanNode> = z.union([planStepSchema, planGroupSchema]);

/** The verdict of one named check. */
export const checkResultSchema = z.object({
  check: z.string(),
  /** The node that the verdict is about, where there is one. */
  node: z.string().optional(),
  status: z.enum(['holds', 'fails', 'overridden']),
  /** Why it fails, or what was found. */
  reason: z.string(),
  remedy: z.string().optional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** What happens to one node, and why. */
export const nodeChangeSchema = z.object({
  host: z.string(),
  /** `hot`: its broker takes the change up while it runs. */
  change: z.enum(['joins', 'restarts', 'hot', 'untouched']),
  /** Clauses such as `conf/config.xml differs`; empty for a node that is left alone. */
  why: z.array(z.string()),
});
export type NodeChange = z.infer<typeof nodeChangeSchema>;

/** What was read of a cluster that is about to be adopted. */
export const adoptionSchema = z.object({
  /** The spec that was read from the hosts, in the form of a file. */
  spec: z.record(z.string(), z.unknown()),
  /** What was found on each host, one line each. */
  nodes: z.array(z.object({ host: z.string(), lines: z.array(z.string()) })),
  /** Secrets that the spec refers to: names and where they stand today, never values. */
  secrets: z.array(
    z.object({ reference: z.string(), where: z.array(z.string()), howToSet: z.string(), set: z.boolean() }),
  ),
  /** What somebody should know before they agree, what the next planned stops do included. */
  notes: z.array(z.string()),
});
export type PlannedAdoption = z.infer<typeof adoptionSchema>;

/** The way from the oldest version that a node of the plan runs to a newer one. */
export const plannedUpgradeSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** Releases that are reached or passed over, oldest first, each with the vendor's guide; null where none is known. */
  crossed: z.array(z.object({ release: z.string(), guide: z.string().nullable() })),
  /** Where the vendor lists all guides. */
  guidesPage: z.string(),
});
export type PlannedUpgrade = z.infer<typeof plannedUpgradeSchema>;

/** What an operation will do, as plain data: the dry run shows it, the approval names its hash, the runner runs it. */
export const planSchema = z.object({
  operation: z.string(),
  cluster: z.string(),
  title: z.string(),
  /** One line for people per change; empty when there is nothing to do. */
  changes: z.array(z.string()),
  warnings: z.array(z.string()),
  checks: z.array(checkResultSchema),
  /** Host names of the members after the operation. */
  members: z.array(z.string()),
  root: planNodeSchema,
  /** Between the recorded spec and the given one, for operations that bring a spec; absent at a first deploy. */
  difference: z.array(specChangeSchema).optional(),
  /** What happens to each node, for operations that change nodes one by one. */
  nodes: z.array(nodeChangeSchema).optional(),
  /** For an adoption. */
  adoption: adoptionSchema.optional(),
  /** Where a node gets a newer version. */
  upgrade: plannedUpgradeSchema.optional(),
  /** Why the policy asks for an approval of this plan, as a clause; absent where it does not. */
  approval: z.string().optional(),
});
export type Plan = z.infer<typeof planSchema>;
