import { z } from 'zod';

/** A run of an operation: what a lease belongs to. Reset and continue-as-new give a new run id. */
export const runRefSchema = z.object({
  requestId: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  operation: z.string(),
});
export type RunRef = z.infer<typeof runRefSchema>;

export const leaseRequestSchema = runRefSchema.extend({ onBusy: z.enum(['wait', 'fail']) });
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;

export const leaseSchema = z.object({
  /** Fencing token: grows with every grant, compared on the hosts. */
  token: z.number().int(),
  holder: runRefSchema.nullable(),
  queue: z.array(leaseRequestSchema),
});
export type Lease = z.infer<typeof leaseSchema>;

export const emptyLease: Lease = { token: 0, holder: null, queue: [] };

export type LeaseEvent =
  | { type: 'requested'; request: LeaseRequest }
  | { type: 'released'; requestId: string; runId: string }
  /** The holder continued as new: same request, later run. */
  | { type: 'holderMoved'; requestId: string; runId: string }
  /** The holder is dead: terminated, reset away, timed out or closed without release. */
  | { type: 'holderLost'; requestId: string }
  /** A waiter is dead, or will wait no longer. */
  | { type: 'waiterLost'; requestId: string }
  /** The run that holds the lease asks under a new request: it lost sight of its grant and starts over, before all waiters. */
  | { type: 'retaken'; request: LeaseRequest }
  /** Gives the free lease to the first waiter. */
  | { type: 'grant' };

/** What the record tells a run that asked for the lease. */
export type LeaseDecision =
  | { decision: 'granted'; requestId: string; runId: string; token: number }
  | { decision: 'queued'; requestId: string; position: number; behind: string }
  | { decision: 'refused'; requestId: string; behind: string };

/** One operation per cluster: at most one holder, waiters first come first served, a repeated request changes nothing. */
export function leaseReducer(lease: Lease, event: LeaseEvent): Lease {
  switch (event.type) {
    case 'requested':
      return request(lease, event.request);
    case 'released':
      return lease.holder?.requestId === event.requestId && lease.holder.runId === event.runId
        ? { ...lease, holder: null }
        : withoutWaiter(lease, event.requestId);
    case 'holderMoved':
      return lease.holder?.requestId === event.requestId
        ? { ...lease, holder: { ...lease.holder, runId: event.runId } }
        : lease;
    case 'holderLost':
      return lease.holder?.requestId === event.requestId ? { ...lease, holder: null } : lease;
    case 'waiterLost':
      return withoutWaiter(lease, event.requestId);
    case 'retaken':
      return retake(lease, event.request);
    case 'grant':
      return grant(lease);
  }
}

/** Whether a holder is the run that a request comes from. */
export function isRun(holder: RunRef | null, run: Pick<RunRef, 'workflowId' | 'runId'>): holder is RunRef {
  return holder?.workflowId === run.workflowId && holder.runId === run.runId;
}

function request(lease: Lease, request: LeaseRequest): Lease {
  if (lease.holder?.requestId === request.requestId)
    return { ...lease, holder: { ...lease.holder, runId: request.runId } };
  const others = lease.queue.filter((waiter) => waiter.requestId !== request.requestId);
  const known = others.length < lease.queue.length;
  if (known) {
    const queue = lease.queue.map((waiter) => (waiter.requestId === request.requestId ? request : waiter));
    return { ...lease, queue };
  }
  if (request.onBusy === 'fail' && (lease.holder !== null || lease.queue.length > 0)) return lease;
  return { ...lease, queue: [...lease.queue, request] };
}

/** Told twice, it grants once: the second time the holder has this request already. */
function retake(lease: Lease, request: LeaseRequest): Lease {
  if (!isRun(lease.holder, request) || lease.holder.requestId === request.requestId) return lease;
  const { queue } = withoutWaiter(lease, request.requestId);
  return grant({ ...lease, holder: null, queue: [request, ...queue] });
}

function withoutWaiter(lease: Lease, requestId: string): Lease {
  return { ...lease, queue: lease.queue.filter((waiter) => waiter.requestId !== requestId) };
}

function grant(lease: Lease): Lease {
  const [next, ...rest] = lease.queue;
  if (lease.holder !== null || next === undefined) return lease;
  const { onBusy: _, ...holder } = next;
  return { token: lease.token + 1, holder, queue: rest };
}

/** What a run that asked is told now. */
export function decisionFor(lease: Lease, request: LeaseRequest): LeaseDecision {
  const { requestId } = request;
  if (lease.holder?.requestId === requestId) {
    return { decision: 'granted', requestId, runId: lease.holder.runId, token: lease.token };
  }
  const behind = lease.holder ? `${lease.holder.operation} ${lease.holder.workflowId}` : 'operations that asked before';
  const place = lease.queue.findIndex((waiter) => waiter.requestId === requestId);
  return place < 0
    ? { decision: 'refused', requestId, behind }
    : { decision: 'queued', requestId, position: place + 1, behind };
}

/** Whether this very run holds the lease; the fence of every destructive activity. */
export function holdsLease(lease: Lease, workflowId: string, runId: string): boolean {
  return isRun(lease.holder, { workflowId, runId });
}
