import type { PlanStep } from '../plan/index.js';
import type { PlanContext } from './context.js';

/** Waits for a maintenance window before a node is disturbed; null where the policy names none. */
export function windowStep(_context: PlanContext, _host: string): PlanStep | null {
  return null;
}
