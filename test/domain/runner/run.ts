import fc from 'fast-check';
import { findNode, type PlanNode, stepsOf } from '../../../src/domain/plan/index.js';
import {
  type Advance,
  initialState,
  type RunnerEvent,
  type RunnerState,
  runnerStateSchema,
  stepsToUndo,
} from '../../../src/domain/runner/index.js';
import { anyTree } from '../support/trees.js';
import { Rules } from './rules.js';

export type Runner = (root: PlanNode, state: RunnerState, event: RunnerEvent) => Advance;
type Undo = typeof stepsToUndo;

/** One thing that happens; `pick` chooses among the steps that it can happen to. */
const happening = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('done') },
    { weight: 1, arbitrary: fc.constantFrom('failed', 'cancelled', 'cancel', 'pause', 'begin') },
    { weight: 2, arbitrary: fc.constant('resume') },
    { weight: 3, arbitrary: fc.constantFrom('waits', 'acts') },
    { weight: 2, arbitrary: fc.constantFrom('late-done', 'late-failed', 'late-cancelled') },
  ),
  pick: fc.nat(),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const at = '2026-01-01T00:00:00.000Z';

function reportOf(what: string, id: string): RunnerEvent {
  if (what === 'failed') return { type: 'stepFailed', id, at, error: 'broken' };
  if (what === 'waits' || what === 'acts') return { type: 'stepWaiting', id, waiting: what === 'waits' };
  if (what === 'cancelled') return { type: 'stepCancelled', id, at };
  return { type: 'stepDone', id, at, note: 'did it' };
}

function eventOf({ what, pick }: Happening, root: PlanNode, state: RunnerState): RunnerEvent | null {
  if (what === 'begin' || what === 'pause' || what === 'resume' || what === 'cancel') return { type: what };
  const all = [...stepsOf(root).map((step) => step.id), 'unheard-of'];
  const late = what.startsWith('late-');
  const able = all.filter((id) => (state.steps[id]?.status === 'running') !== late);
  const id = able[pick % Math.max(1, able.length)];
  return id === undefined ? null : reportOf(what.replace('late-', ''), id);
}

function undoProblems(root: PlanNode, state: RunnerState, rules: Rules, undo: Undo): string[] {
  const order = stepsOf(root).map((step) => step.id);
  const named = undo(root, state).map((step) => step.id);
  const ends = ['done', 'failed', 'cancelled'];
  const wanted = stepsOf(root).filter((step) => {
    const point = step.undo && findNode(root, step.undo.until);
    return point && ends.includes(state.steps[step.id]?.status ?? '') && !rules.begun(point, state);
  });
  const expected = wanted.map((step) => step.id).sort((a, b) => order.indexOf(b) - order.indexOf(a));
  return named.join() === expected.join() ? [] : [`undoes ${named.join()} instead of ${expected.join()}`];
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

/** Runs a tree through what happens, then to its end, and gives every promise that was broken on the way. */
export function problemsOf(root: PlanNode, happenings: readonly Happening[], runner: Runner, undo: Undo): string[] {
  const rules = new Rules(root);
  const problems: string[] = [];
  let state = initialState(root);
  const send = (event: RunnerEvent): void => {
    const next = runner(root, freeze(state), event);
    problems.push(...rules.broken(state, event, next), ...undoProblems(root, next.state, rules, undo));
    // Through JSON each time, as across continue-as-new.
    state = runnerStateSchema.parse(JSON.parse(JSON.stringify(next.state)));
    if (JSON.stringify(state) !== JSON.stringify(next.state)) problems.push('the state does not survive JSON');
  };
  send({ type: 'begin' });
  for (const one of happenings) {
    const event = eventOf(one, root, state);
    if (event) send(event);
  }
  send({ type: 'resume' });
  for (let left = stepsOf(root).length + 1; left > 0 && state.outcome === null; left--) {
    const running = Object.keys(state.steps).find((id) => state.steps[id]?.status === 'running');
    if (running !== undefined) send(reportOf('done', running));
  }
  if (state.outcome === null) problems.push('the run does not come to an end');
  return problems;
}

export const anyRun = (runner: Runner, undo: Undo = stepsToUndo) =>
  fc.property(anyTree, fc.array(happening, { maxLength: 25 }), (root, happenings) => {
    const [problem] = problemsOf(root, happenings, runner, undo);
    if (problem !== undefined) throw new Error(problem);
  });
