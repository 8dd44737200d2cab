import type { ClusterCheckContext } from '../cluster-context.js';
import type { CheckDefinition, Verdict } from '../define-check.js';

/** A check of a cluster in motion. */
export type ClusterCheck = CheckDefinition<ClusterCheckContext>;

export const holds = (found: string): Verdict => ({ holds: true, found });
export const fails = (reason: string, node?: string): Verdict =>
  node === undefined ? { holds: false, reason } : { holds: false, reason, node };

/** Whether the operation promises that the cluster goes on serving meanwhile. */
export const promisesAvailability = ({ purpose }: Pick<ClusterCheckContext, 'purpose'>): boolean =>
  purpose === 'restart' || purpose === 'leave';
