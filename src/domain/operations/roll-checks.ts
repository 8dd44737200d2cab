import { type PlanContext, rollOrder } from '../planning/index.js';
import type { PlanDraft } from './define-operation.js';

/**
 * Checks to evaluate with the plan of a roll. What depends on the other members is judged for the first node alone:
 * when the turn of a later one comes, the earlier ones serve again, and its own steps look anew.
 * @param growsFirst others join before the roll, so that a member that runs alone now does not then.
 */
export function rollChecks(context: PlanContext, hosts: readonly string[], growsFirst = false): PlanDraft['checks'] {
  const [first, ...rest] = rollOrder(context, hosts);
  if (first === undefined) return [];
  const disturbance = growsFirst
    ? (['synchronized', 'max-unavailable', 'replica-count'] as const)
    : (['synchronized', 'max-unavailable', 'replica-count', 'data-kept'] as const);
  return [
    { names: [...disturbance, 'disk'], target: first, purpose: 'restart' },
    ...rest.map((target) => ({ names: ['disk'] as const, target, purpose: 'restart' as const })),
  ];
}
