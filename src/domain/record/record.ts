import { z } from 'zod';
import { emptyInventory, inventoryEventSchema, inventoryReducer, inventorySchema } from './inventory.js';
import { emptyLease, leaseSchema } from './lease.js';
import { journalSchema } from './journal.js';
import { emptyMembership, membershipEventSchema, membershipReducer, membershipSchema } from './membership.js';

/** A spec as the record keeps it: the whole document, its product part included. */
const storedSpecSchema = z.record(z.string(), z.unknown());

/** Everything that is known of a cluster between operations. Plain JSON across continue-as-new. */
export const recordStateSchema = z.object({
  cluster: z.string(),
  /** Null until the first deploy has been planned and approved. */
  spec: storedSpecSchema.nullable(),
  /** The spec before that one, to which a node is put back that does not take a change; null where there was none. */
  previous: storedSpecSchema.nullable().default(null),
  /** Who made the spec what it is; absent in records of before, and where a change was put back at once. */
  change: z
    .object({
      /** Type of the operation that brought it. */
      operation: z.string(),
      /** Workflow ids of its runs that accepted it, one after the other. */
      by: z.array(z.string()),
      /** Workflow id of the operation that it takes back. */
      undoes: z.string().optional(),
    })
    .optional(),
  lease: leaseSchema,
  membership: membershipSchema,
  inventory: inventorySchema,
  journal: journalSchema,
  /** Set when removeCluster has finished, or a first deploy was refused: the record ends. */
  removed: z.boolean(),
});
export type RecordState = z.infer<typeof recordStateSchema>;

export function emptyRecord(cluster: string): RecordState {
  return {
    cluster,
    spec: null,
    previous: null,
    lease: emptyLease,
    membership: emptyMembership,
    inventory: emptyInventory,
    journal: [],
    removed: false,
  };
}

/** What the holder of the lease reports; anything from another run is ignored. */
export const recordChangeSchema = z.discriminatedUnion('type', [
  ...membershipEventSchema.options,
  inventoryEventSchema,
  z.object({
    type: z.literal('specAccepted'),
    spec: storedSpecSchema,
    /** Workflow id of the operation that is taken back with it. */
    undoes: z.string().optional(),
    /** The operation that brought another spec puts this one back itself: it has changed nothing. */
    restored: z.boolean().optional(),
  }),
  z.object({ type: z.literal('removed') }),
]);
export type RecordChange = z.infer<typeof recordChangeSchema>;

export function applyChange(state: RecordState, change: RecordChange): RecordState {
  switch (change.type) {
    case 'specAccepted':
      // Somebody may deploy just as the record of a refused deploy is about to end.
      return {
        ...withoutChange(state),
        spec: change.spec,
        previous: previousOf(state, change.spec),
        ...changeOf(state, change),
        removed: false,
      };
    case 'removed':
      return { ...state, removed: true };
    case 'packageStored':
      return { ...state, inventory: inventoryReducer(state.inventory, change) };
    default:
      return { ...state, membership: membershipReducer(state.membership, change) };
  }
}

const withoutChange = ({ change: _, ...rest }: RecordState): RecordState => rest;

/** An operation that is run again accepts the same spec again: all of its runs made it what it is. */
function changeOf(
  { spec, previous, change, lease }: RecordState,
  { spec: accepted, undoes, restored }: RecordChange & { type: 'specAccepted' },
): Pick<RecordState, 'change'> {
  if (restored === true || lease.holder === null) return {};
  const { workflowId: holder, operation } = lease.holder;
  const own = change?.by.includes(holder) === true && change.undoes === undefined;
  // What an operation has brought and puts back itself was never there.
  if (own && JSON.stringify(previous) === JSON.stringify(accepted)) return {};
  const same = JSON.stringify(spec) === JSON.stringify(accepted) && undoes === change?.undoes;
  // What another operation finds as it wants it, it has not changed.
  if (same && change !== undefined && change.operation !== operation) return { change };
  const by = [...new Set([...(same ? (change?.by ?? []) : []), holder])].slice(-keptRuns);
  return { change: { operation, by, ...(undoes !== undefined && { undoes }) } };
}

/** How many runs of one operation are remembered. */
const keptRuns = 20;

/** A run that is repeated accepts the same spec again: what was before it stays what it was. */
function previousOf({ spec, previous }: RecordState, accepted: unknown): RecordState['previous'] {
  return JSON.stringify(spec) === JSON.stringify(accepted) ? previous : spec;
}

export function memberNames(state: Pick<RecordState, 'membership'>): string[] {
  return state.membership.members.map((member) => member.host);
}
