import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, sequence, stepsOf } from '../../../src/domain/plan/index.js';
import { advance, initialState, type RunnerState } from '../../../src/domain/runner/index.js';
import { planStep } from '../../../src/domain/steps/index.js';
import { changeGroups } from '../support/trees.js';
import { anyRun, type Runner } from './run.js';

describe('the runner', { timeout: 180_000 }, () => {
  it('keeps its promises for any plan, whatever happens', () => {
    fc.assert(anyRun(advance), { numRuns: 2_000 });
  });
});

const onOtherTree =
  (change: (root: PlanNode) => PlanNode): Runner =>
  (root, state, event) =>
    advance(change(root), state, event);

const wrong: Readonly<Record<string, Runner>> = {
  'forgets that groups are atomic': onOtherTree((root) => changeGroups(root, (group) => ({ ...group, atomic: false }))),
  'takes every group for atomic': onOtherTree((root) => changeGroups(root, (group) => ({ ...group, atomic: true }))),
  'starts a sequence at once': onOtherTree((root) => changeGroups(root, (group) => ({ ...group, type: 'parallel' }))),
  'runs parallel children one by one': onOtherTree((root) =>
    changeGroups(root, (group) => ({ ...group, type: 'sequence' })),
  ),
  'knows no limit': onOtherTree((root) => changeGroups(root, ({ limit: _, ...group }) => group)),
  'does not hear of a pause': (root, state, event) =>
    advance(root, event.type === 'pause' ? { ...state, paused: false } : { ...state, paused: false }, event),
  'goes on after a failure': (root, state, event) =>
    advance(root, state, event.type === 'stepFailed' ? { type: 'stepDone', id: event.id, at: event.at } : event),
  'starts again on a late report': (root, state, event) => {
    const late = 'id' in event && state.steps[event.id]?.status === 'done';
    if (!late) return advance(root, state, event);
    const steps: RunnerState['steps'] = { ...state.steps, [event.id]: { status: 'running' } };
    return { state: { ...state, steps }, start: [event.id], interrupt: [] };
  },
  'ends too early': (root, state, event) => {
    const next = advance(root, state, event);
    const left = Object.values(next.state.steps).filter((step) => step.status === 'running');
    return left.length === 1 ? { ...next, state: { ...next.state, outcome: 'completed' } } : next;
  },
  'interrupts what must be finished': (root, state, event) => {
    const next = advance(root, state, event);
    const running = stepsOf(root).filter((step) => next.state.steps[step.id]?.status === 'running');
    return event.type === 'cancel' ? { ...next, interrupt: running.map((step) => step.id) } : next;
  },
};

describe('a run that is held before it begins', () => {
  const root = sequence('all', 'All', [planStep('openTraffic', { host: 'n1' })]);
  const paused = advance(root, initialState(root), { type: 'pause' });

  it('starts nothing until it is resumed', () => {
    const begun = advance(root, paused.state, { type: 'begin' });
    expect([paused.start, begun.start, begun.state.outcome]).toEqual([[], [], null]);
    expect(advance(root, begun.state, { type: 'resume' }).start).toEqual(['n1/openTraffic']);
  });

  it('ends at once when it is cancelled', () => {
    const cancelled = advance(root, paused.state, { type: 'cancel' });
    expect([cancelled.start, cancelled.state.outcome]).toEqual([[], 'cancelled']);
  });
});

describe('the rules that the runner is held to', { timeout: 180_000 }, () => {
  it.each(Object.entries(wrong))('find a runner that %s', (_, runner) => {
    expect(fc.check(anyRun(runner), { numRuns: 3_000 }).failed).toBe(true);
  });

  it('find an undo beyond the point of no return', () => {
    const careless = (root: PlanNode, state: RunnerState) =>
      stepsOf(root)
        .filter((step) => step.undo && state.steps[step.id]?.status === 'done')
        .reverse();
    expect(fc.check(anyRun(advance, careless), { numRuns: 3_000 }).failed).toBe(true);
  });
});
