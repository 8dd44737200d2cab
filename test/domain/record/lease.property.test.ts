import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decisionFor,
  emptyLease,
  holdsLease,
  type Lease,
  type LeaseEvent,
  leaseReducer,
  type LeaseRequest,
  leaseSchema,
} from '../../../src/domain/record/index.js';

const requestId = fc.constantFrom('a', 'b', 'c', 'd');
const runId = fc.constantFrom('run1', 'run2');
/** A workflow asks under several request ids when it starts over; here two of them share one. */
const workflowOf = (id: string): string => (id === 'a' || id === 'b' ? 'w1' : 'w2');
const request: fc.Arbitrary<LeaseRequest> = fc
  .record({ requestId, runId, onBusy: fc.constantFrom('wait' as const, 'fail' as const) })
  .map((given) => ({ ...given, workflowId: workflowOf(given.requestId), operation: 'deployCluster' }));

const event: fc.Arbitrary<LeaseEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('requested' as const), request }) },
  { weight: 3, arbitrary: fc.constant({ type: 'grant' as const }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('released' as const), requestId, runId }) },
  fc.record({ type: fc.constant('holderMoved' as const), requestId, runId }),
  fc.record({ type: fc.constant('holderLost' as const), requestId }),
  fc.record({ type: fc.constant('waiterLost' as const), requestId }),
  fc.record({ type: fc.constant('retaken' as const), request }),
);

type Reducer = (lease: Lease, event: LeaseEvent) => Lease;
const ids = (lease: Lease) => lease.queue.map((waiter) => waiter.requestId);

function expectRules(before: Lease, one: LeaseEvent, after: Lease): void {
  const granted = after.holder !== null && after.holder.requestId !== before.holder?.requestId;
  // Fencing: every grant has a larger token, and nothing else changes it.
  expect(after.token - before.token).toBe(granted ? 1 : 0);
  if (granted) {
    const takesOver = one.type === 'retaken';
    expect(before.holder === null || takesOver).toBe(true);
    expect(after.holder?.requestId).toBe(takesOver ? one.request.requestId : ids(before)[0]);
  }
  // The holder goes only by its own release, its loss, or a run that takes its own lease again.
  if (before.holder !== null && after.holder?.requestId !== before.holder.requestId) {
    expect(['released', 'holderLost', 'retaken']).toContain(one.type);
    if (one.type === 'released')
      expect(one).toMatchObject({ requestId: before.holder.requestId, runId: before.holder.runId });
    if (one.type === 'retaken') expect(holdsLease(before, one.request.workflowId, one.request.runId)).toBe(true);
  }
  expect(new Set([...ids(after), after.holder?.requestId]).size).toBe(ids(after).length + 1);
  // First come, first served: who waited before waits in the same order, who is new comes last.
  const stayed = ids(before).filter((id) => ids(after).includes(id));
  expect(ids(after).slice(0, stayed.length)).toEqual(stayed);
  if (one.type === 'requested') expectAnswer(before, one.request, after);
}

function expectAnswer(before: Lease, asked: LeaseRequest, after: Lease): void {
  const known = ids(before).includes(asked.requestId);
  const holds = before.holder?.requestId === asked.requestId;
  const busy = before.holder !== null || before.queue.length > 0;
  const { decision } = decisionFor(after, asked);
  if (holds) expect(decision).toBe('granted');
  else expect(decision).toBe(!known && busy && asked.onBusy === 'fail' ? 'refused' : 'queued');
}

const anyLease = (reducer: Reducer) =>
  fc.property(fc.array(event, { maxLength: 40 }), (events) => {
    let lease = emptyLease;
    for (const one of events) {
      const after = reducer(lease, one);
      expectRules(lease, one, after);
      // Told twice is told once; `grant` finds a holder the second time.
      expect(reducer(after, one)).toEqual(after);
      lease = leaseSchema.parse(JSON.parse(JSON.stringify(after)));
      expect(lease).toEqual(after);
    }
  });

describe('the lease', () => {
  it('has one holder at most, grows its token with each grant and serves in turn, whatever is reported', () => {
    fc.assert(anyLease(leaseReducer), { numRuns: 3_000 });
  });

  it('belongs to one run', () => {
    const asked: LeaseRequest = { requestId: 'a', workflowId: 'w', runId: 'run1', operation: 'x', onBusy: 'wait' };
    const held = leaseReducer(leaseReducer(emptyLease, { type: 'requested', request: asked }), { type: 'grant' });
    expect([holdsLease(held, 'w', 'run1'), holdsLease(held, 'w', 'run2'), holdsLease(held, 'v', 'run1')]).toEqual([
      true,
      false,
      false,
    ]);
    const moved = leaseReducer(held, { type: 'holderMoved', requestId: 'a', runId: 'run2' });
    expect(holdsLease(moved, 'w', 'run2')).toBe(true);
    expect(leaseReducer(moved, { type: 'released', requestId: 'a', runId: 'run1' })).toEqual(moved);
    expect(decisionFor(held, asked)).toEqual({ decision: 'granted', requestId: 'a', runId: 'run1', token: 1 });
    const other = { ...asked, requestId: 'b', workflowId: 'v' };
    expect(decisionFor(leaseReducer(held, { type: 'requested', request: other }), other)).toEqual({
      decision: 'queued',
      requestId: 'b',
      position: 1,
      behind: 'x w',
    });
  });
});

const wrong: Readonly<Record<string, Reducer>> = {
  'serves the last one first': (lease, one) =>
    one.type === 'grant'
      ? leaseReducer({ ...lease, queue: [...lease.queue].reverse() }, one)
      : leaseReducer(lease, one),
  'keeps its token': (lease, one) => ({ ...leaseReducer(lease, one), token: lease.token }),
  'takes a repeated request for another': (lease, one) =>
    one.type === 'requested' ? { ...lease, queue: [...lease.queue, one.request] } : leaseReducer(lease, one),
  'lets those wait who would not': (lease, one) =>
    leaseReducer(lease, one.type === 'requested' ? { ...one, request: { ...one.request, onBusy: 'wait' } } : one),
  'is released by any run': (lease, one) =>
    leaseReducer(lease, one.type === 'released' && lease.holder ? { ...one, runId: lease.holder.runId } : one),
  'is granted while it is held': (lease, one) =>
    leaseReducer(one.type === 'grant' ? { ...lease, holder: null } : lease, one),
};

describe('the rules of the lease', () => {
  it.each(Object.entries(wrong))('find one that %s', (_, reducer) => {
    expect(fc.check(anyLease(reducer), { numRuns: 2_000 }).failed).toBe(true);
  });
});
