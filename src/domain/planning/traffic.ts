import { type PlanNode, type PlanStep, sequence } from '../plan/index.js';
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
  const { order } = context.spec.policy.drain;
  const skip = order === 'before-stop' ? undefined : `policy.drain.order is ${order}`;
  return planStep('drainNode', { host, purpose }, { skip });
}

/**
 * Opens the gate before nodes that an earlier operation may have left behind it. The gate is not observed, so this is
 * planned after every operation that did not complete, and by every operation, until one completes.
 */
export function reopen(context: PlanContext, hosts: readonly string[]): PlanNode | null {
  const last = context.record.journal.findLast((entry) => entry.outcome !== undefined && entry.outcome !== 'rejected');
  if (!hasGate(context) || hosts.length === 0 || last === undefined || last.outcome === 'completed') return null;
  return sequence(
    'reopen',
    `Open the way for clients again after an unfinished ${last.operation}`,
    hosts.map((host) => openStep(context, host)),
  );
}

/** A stop that finds clients still there is refused unless the drain's own policy lets them stay. */
export function stopInput(context: PlanContext, host: string, purpose: 'restart' | 'leave'): StepInput<'stopNode'> {
  const { order, onTimeout } = context.spec.policy.drain;
  return { host, purpose, clientsMayStay: order !== 'before-stop' || onTimeout === 'stop-anyway' };
}

/** Where clients move with the stop: waits, once the node is stopped, until they are seen elsewhere. */
export function afterStopStep(_context: PlanContext, _host: string, _purpose: 'restart' | 'leave'): PlanStep | null {
  return null;
}
