import { type PlanNode, type PlanStep, sequence } from '../plan/index.js';
import { planStep, type StepInput } from '../steps/index.js';
import { balancerSteps } from './balancer.js';
import { hasGate, members, type PlanContext } from './context.js';

const noGate = 'no shield is configured (spec.loadBalancer or policy.drain.shield)';

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
 * What a plan puts right before its own work: the load balancer is brought to its spec and to the members, and the gate is
 * opened before nodes that an earlier operation may have left behind it. Gates of others are not observed, so that is planned
 * after every operation that did not complete, and by every operation, until one completes.
 */
export function reopen(context: PlanContext, hosts: readonly string[]): PlanNode | null {
  const present = members(context);
  const balancer = present.length === 0 ? null : balancerSteps(context, present);
  const closed = closedHosts(context, hosts);
  if (balancer === null && closed.length === 0) return null;
  return sequence('reopen', titleOf(context, closed), [balancer, ...closed.map((host) => openStep(context, host))]);
}

function lastUnfinished({ record }: PlanContext): string | null {
  const last = record.journal.findLast((entry) => entry.outcome !== undefined && entry.outcome !== 'rejected');
  return last === undefined || last.outcome === 'completed' ? null : last.operation;
}

function closedHosts(context: PlanContext, hosts: readonly string[]): readonly string[] {
  if (!hasGate(context)) return [];
  if (lastUnfinished(context) !== null) return hosts;
  // A host of our load balancer that was away comes back with what it knew then.
  const open = (context.balancers ?? []).length > 0 ? context.checkFacts?.balancer?.open : undefined;
  return hosts.filter((host) => open?.[host] === false);
}

function titleOf(context: PlanContext, closed: readonly string[]): string {
  const last = lastUnfinished(context);
  if (closed.length === 0) return 'Bring the load balancer up to date';
  return last === null
    ? 'Open the way for clients where the load balancer is closed'
    : `Open the way for clients again after an unfinished ${last}`;
}

/** A stop that finds clients still there is refused unless the drain's own policy lets them stay. */
export function stopInput(context: PlanContext, host: string, purpose: 'restart' | 'leave'): StepInput<'stopNode'> {
  const { order, onTimeout } = context.spec.policy.drain;
  return { host, purpose, clientsMayStay: order !== 'before-stop' || onTimeout === 'stop-anyway' };
}

/** Where clients move with the stop: waits, once the node is stopped, until they are seen elsewhere. */
export function afterStopStep(context: PlanContext, host: string, purpose: 'restart' | 'leave'): PlanStep | null {
  const { spec, product } = context;
  // Clients of independent nodes come back to the same node.
  if (spec.policy.drain.order !== 'after-stop' || !product.clustered(spec)) return null;
  return planStep('awaitClients', { host, purpose });
}
