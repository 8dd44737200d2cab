import type { PlanStep } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { type PlanContext, serves } from './context.js';

/**
 * Waits for a maintenance window before a node is disturbed; null where the policy names none. A node that does not serve
 * is disturbed by nobody: what brings it back never waits.
 */
export function windowStep(context: PlanContext, host: string): PlanStep | null {
  if (context.spec.policy.maintenanceWindows.length === 0 || !serves(context, host)) return null;
  return planStep('awaitWindow', { host });
}
