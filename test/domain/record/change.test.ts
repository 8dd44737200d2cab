import { describe, expect, it } from 'vitest';
import { applyChange, emptyRecord, type RecordChange, type RecordState } from '../../../src/domain/record/index.js';

const run = (operation: string, id: string) => ({ requestId: id, workflowId: id, runId: id, operation });
const accepted = (version: string, more: object = {}): RecordChange => ({
  type: 'specAccepted',
  spec: { version },
  ...more,
});

/** The record after each of these runs has accepted its spec. */
const after = (...runs: [operation: string, id: string, change: RecordChange][]): RecordState =>
  runs.reduce<RecordState>(
    (state, [operation, id, change]) =>
      applyChange({ ...state, lease: { token: 1, holder: run(operation, id), queue: [] } }, change),
    { ...emptyRecord('prod'), spec: { version: '1' } },
  );

describe('who made the spec what it is', () => {
  it('is every run of the operation that brought it', () => {
    const state = after(['rollingUpgrade', 'a', accepted('2')], ['rollingUpgrade', 'b', accepted('2')]);
    expect(state).toMatchObject({
      previous: { version: '1' },
      change: { operation: 'rollingUpgrade', by: ['a', 'b'] },
    });
  });

  it('is not an operation that found it as it wants it', () => {
    const state = after(['applySpec', 'a', accepted('2')], ['rollingUpgrade', 'b', accepted('2')]);
    expect(state.change).toEqual({ operation: 'applySpec', by: ['a'] });
  });

  it('is the later one, once another spec comes', () => {
    const state = after(['applySpec', 'a', accepted('2')], ['rollingUpgrade', 'b', accepted('3')]);
    expect(state).toMatchObject({ previous: { version: '2' }, change: { operation: 'rollingUpgrade', by: ['b'] } });
  });

  it('is nobody, once it was put back by whoever brought it', () => {
    expect(after(['a', 'a', accepted('2')], ['a', 'a', accepted('1')]).change).toBeUndefined();
    expect(after(['a', 'a', accepted('2')], ['a', 'b', accepted('1', { restored: true })]).change).toBeUndefined();
  });

  it('says what it takes back, and every run of that', () => {
    const back = accepted('1', { undoes: 'a' });
    const state = after(['applySpec', 'a', accepted('2')], ['rollBack', 'b', back], ['rollBack', 'c', back]);
    expect(state.change).toEqual({ operation: 'rollBack', by: ['b', 'c'], undoes: 'a' });
  });
});
