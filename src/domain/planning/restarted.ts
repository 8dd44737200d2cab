import type { RecordState } from '../record/index.js';
import { nodeOf, type PlanContext, serves } from './context.js';

/**
 * Whether an unfinished run of this operation, the present one included, has restarted the node already. A restart
 * leaves no difference to the spec, so it is told by the fencing token that the host got with it.
 */
export function isRestarted(context: PlanContext, host: string, operation: string): boolean {
  const since = firstUnfinished(context.record, operation);
  const token = nodeOf(context, host).identity?.token;
  return since !== null && token !== undefined && token >= since && serves(context, host);
}

/** Token of the first of the last runs that did not complete; null where the last operation was another, or completed. */
export function firstUnfinished(
  { journal, lease }: Pick<RecordState, 'journal' | 'lease'>,
  operation: string,
): number | null {
  const ours = lease.holder?.operation === operation ? lease.token : null;
  const own = ours === null ? journal : journal.filter(({ requestId }) => requestId !== lease.holder?.requestId);
  const other = own.findLastIndex((entry) => entry.operation !== operation || entry.outcome === 'completed');
  return own[other + 1]?.token ?? ours;
}
