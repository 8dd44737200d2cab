import type { PlanStep } from '../plan/index.js';
import { planStep, type StepInput } from '../steps/index.js';
import { hasGate, type PlanContext } from './context.js';

const noGate = 'no traffic gate is configured (spec.loadBalancer)';

export function openStep(context: PlanContext, host: string): PlanStep {
  return planStep('openTraffic', { host }, { skip: hasGate(context) ? undefined : noGate });
}

/** Closes the gate before a node; the gate is opened again when the operation ends before `until` has begun. */
export function closeStep(context: PlanContext, host: string, purpose: 'restart' | 'leave', until: string): PlanStep {
  const undo = { kind: 'openTraffic', input: { host }, until };
  return planStep('closeTraffic', { host, purpose }, hasGate(context) ? { undo } : { skip: noGate });
}

export function drainStep(context: PlanContext, host: string, purpose: 'restart' | 'leave'): PlanStep {
  const skip = context.spec.policy.drain.order === 'none' ? 'policy.drain.order is none' : undefined;
  return planStep('drainNode', { host, purpose }, { skip });
}

/** A stop that finds clients still there is refused unless the drain's own policy lets them stay. */
export function stopInput(context: PlanContext, host: string, purpose: 'restart' | 'leave'): StepInput<'stopNode'> {
  const { order, onTimeout } = context.spec.policy.drain;
  return { host, purpose, clientsMayStay: order !== 'before-stop' || onTimeout === 'stop-anyway' };
}
