import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gate } from '../../../src/sandbox/broker/cluster/gate.js';
import { ClusterState } from '../../../src/sandbox/broker/cluster/state.js';
import type { Member } from '../../../src/sandbox/broker/cluster/view.js';

const member = (id: string): Member => ({ id, host: '127.0.0.1', port: 1, version: '4.30.0', replicaCount: 2 });
const members = [member('a'), member('b')];

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('a member in another view is found after a while, and what was measured in an earlier view does not count', () => {
  const gate = new Gate();
  const state = new ClusterState(member('a'), gate);
  gate.open({ id: 'first', number: 1, members });
  state.pulses.set('b', { id: 'b', phase: 'RUNNING', viewId: 'other', size: 1, coordinator: 'b' });
  expect(state.diverged()).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(state.diverged()).toEqual(['b']);
  // Both merged; the last pulse of the other is from before.
  gate.open({ id: 'alone', number: 2, members: [member('a')] });
  gate.open({ id: 'merged', number: 3, members });
  expect(state.diverged()).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(state.diverged()).toEqual(['b']);
});
