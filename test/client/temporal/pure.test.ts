import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  WorkflowFailedError,
} from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { failureOf, temporalAddress } from '../../../src/client/temporal/index.js';
import { operationId } from '../../../src/client/temporal/operation-id.js';
import { stepWaits } from '../../../src/client/temporal/step-waits.js';
import { pendingActivities, type PendingActivity } from '../../../src/client/temporal/waits.js';
import type { OperationProgress } from '../../../src/domain/operations/index.js';

const around = (cause: Error): Error => {
  const activity = new ActivityFailure('Activity task failed', 'stopNode', '1', 'NON_RETRYABLE_FAILURE', 'w', cause);
  return new WorkflowFailedError('Workflow execution failed', activity, 'NON_RETRYABLE_FAILURE');
};

describe('the failure that is shown', () => {
  it('is ours, below what Temporal wraps around it', () => {
    expect(failureOf(around(ApplicationFailure.nonRetryable('n1: full', 'CheckFailed')))).toEqual({
      kind: 'CheckFailed',
      message: 'n1: full',
    });
  });

  it('is the named one, not an Internal around it', () => {
    const named = ApplicationFailure.nonRetryable('n1: gone', 'HostUnreachable');
    const wrapped = ApplicationFailure.create({ message: 'wrapped', type: 'Internal', cause: named });
    expect(failureOf(wrapped)).toEqual({ kind: 'HostUnreachable', message: 'n1: gone' });
  });

  it('is a cancellation, or at least the innermost words', () => {
    expect(failureOf(around(new CancelledFailure('at a safe point'))).kind).toBe('Cancelled');
    expect(failureOf(around(new TypeError('x is not a function')))).toEqual({
      kind: 'Internal',
      message: 'x is not a function',
    });
  });
});

describe('the id of an operation', () => {
  it('is readable, in UTC', () => {
    expect(operationId('prod', 'scaleCluster', new Date('2026-03-01T23:05:09.700Z'))).toMatch(
      /^prod\/scaleCluster\/20260301-230509-[a-z0-9]{3}$/,
    );
  });
});

describe('the address', () => {
  it('is the one asked for, else that of the environment, else the usual one', () => {
    const env = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_NAMESPACE: '' };
    expect(temporalAddress({ address: 'b:2' }, env)).toEqual({ address: 'b:2', namespace: 'default' });
    expect(temporalAddress({}, env)).toEqual({ address: 'a:1', namespace: 'default' });
    expect(temporalAddress({}, {})).toEqual({ address: '127.0.0.1:7233', namespace: 'default' });
  });
});

describe('what a step waits for', () => {
  const step = (id: string, startedAt: string): OperationProgress['steps'][number] => ({
    id,
    title: id,
    status: 'running',
    startedAt,
  });
  const progress = (...steps: OperationProgress['steps']): OperationProgress => ({
    operation: 'rollingUpgrade',
    cluster: 'prod',
    phase: 'running',
    waitingFor: null,
    planHash: null,
    startedAt: '',
    steps,
  });
  const activity = (more: Partial<PendingActivity>): PendingActivity => ({
    kind: 'copyData',
    order: 1,
    waitingFor: null,
    stepId: null,
    attempt: 1,
    lastFailure: null,
    ...more,
  });
  const kinds = new Map([
    ['n1/copyData', 'copyData'],
    ['n2/copyData', 'copyData'],
  ]);
  const both = progress(step('n2/copyData', '2026-01-01T10:00:01Z'), step('n1/copyData', '2026-01-01T10:00:00Z'));

  it('is told apart by the order of start', () => {
    const activities = [activity({ order: 10, waitingFor: 'second' }), activity({ order: 9, waitingFor: 'first' })];
    expect(stepWaits(both, kinds, activities)).toEqual({ 'n1/copyData': 'first', 'n2/copyData': 'second' });
  });

  it('is left open rather than guessed', () => {
    expect(stepWaits(both, kinds, [activity({ waitingFor: 'whose?' })])).toEqual({});
  });

  it('is taken from the activity that names its step', () => {
    expect(stepWaits(both, kinds, [activity({ waitingFor: 'mine', stepId: 'n2/copyData' })])).toEqual({
      'n2/copyData': 'mine',
    });
  });

  it('is the reason of a retry where nothing else is said', () => {
    const retried = activity({ attempt: 3, lastFailure: 'n1 is not reachable' });
    expect(stepWaits(progress(step('n1/copyData', '')), kinds, [retried])).toEqual({
      'n1/copyData': 'attempt 3, because: n1 is not reachable',
    });
  });

  it('is read from the heartbeat, and a strange heartbeat is passed over', () => {
    const raw = (details: unknown) => ({
      activityId: '7',
      activityType: { name: 'copyData' },
      attempt: 2,
      heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] },
      lastFailure: { message: 'Activity task failed', cause: { message: 'refused', applicationFailureInfo: {} } },
    });
    const read = (details: unknown) => pendingActivities({ raw: { pendingActivities: [raw(details)] } });
    const known = { kind: 'copyData', order: 7, stepId: null, attempt: 2, lastFailure: 'refused' };
    expect(read({ waitingFor: 'n1' })).toEqual([{ ...known, waitingFor: 'n1' }]);
    expect(read([1, 2])).toEqual([{ ...known, waitingFor: null }]);
  });
});
