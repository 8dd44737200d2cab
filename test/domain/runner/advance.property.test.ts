import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, sequence, stepsOf } from '../../../src/domain/plan/index.js';
import {
  type Advance,
  advance,
  initialState,
  type RunnerEvent,
  type RunnerState,
  stepsToUndo,
} from '../../../src/domain/runner/index.js';
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
  'does not hear that a step waits': (root, state, event) =>
    event.type === 'stepWaiting' ? { state, start: [], interrupt: [] } : advance(root, state, event),
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

describe('a step that waits at the head of what must be finished', () => {
  const stop = planStep('stopNode', { host: 'n1', purpose: 'restart', clientsMayStay: false });
  const close = planStep(
    'closeTraffic',
    { host: 'n1', purpose: 'restart' },
    { undo: { kind: 'openTraffic', input: { host: 'n1' }, until: 'swap' } },
  );
  const start = planStep('startNode', { host: 'n1', version: '4.30.0', members: ['n1'], joins: false });
  const root = sequence('all', 'All', [close, sequence('swap', 'Swap', [stop, start], { atomic: true })]);
  const at = '2026-01-01T00:00:00.000Z';
  const run = (...events: RunnerEvent[]) =>
    events.reduce<Advance>((before, event) => advance(root, before.state, event), {
      ...{ state: initialState(root), start: [], interrupt: [] },
    });
  const stopping: RunnerEvent[] = [{ type: 'begin' }, { type: 'stepDone', id: close.id, at }];

  it('is called off by a cancel, and what came before it is put back', () => {
    const cancelled = run(...stopping, { type: 'stepWaiting', id: stop.id, waiting: true }, { type: 'cancel' });
    expect(cancelled.interrupt).toEqual([stop.id]);
    const { state, start: started } = advance(root, cancelled.state, { type: 'stepCancelled', id: stop.id, at });
    expect([state.outcome, started, state.steps[stop.id]]).toEqual(['cancelled', [], { status: 'pending' }]);
    expect(stepsToUndo(root, state).map(({ id }) => id)).toEqual([close.id]);
  });

  it('is called off when it says so after the cancel', () => {
    expect(run(...stopping, { type: 'cancel' }).interrupt).toEqual([]);
    const late = run(...stopping, { type: 'cancel' }, { type: 'stepWaiting', id: stop.id, waiting: true });
    expect(late.interrupt).toEqual([stop.id]);
  });

  it('is left alone once it acts', () => {
    const waits = [true, false].map((waiting): RunnerEvent => ({ type: 'stepWaiting', id: stop.id, waiting }));
    expect(run(...stopping, ...waits, { type: 'cancel' }).interrupt).toEqual([]);
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
