import { z } from 'zod';
import { type PlanNode, type PlanStep, runnableSteps } from '../plan/index.js';
import { type RunnerState, type StepState, stepsToUndo } from '../runner/index.js';
import { isStepKind } from '../steps/index.js';
import { type Aspect, type Trace, traceOf } from './step-traces.js';

/** What an operation that ended before its end left behind. */
export const leftOverSchema = z.object({
  /** In the order of the plan; `host` is null for what concerns the cluster as a whole. */
  nodes: z.array(
    z.object({
      host: z.string().nullable(),
      /** Nothing was done there. */
      untouched: z.boolean(),
      /** How it is now, e.g. `4.31.0, serving`. */
      state: z.string(),
    }),
  ),
  /** Titles of the steps that were put back. */
  undone: z.array(z.string()),
  /** Steps that were to be put back and could not be, each with the reason. */
  notUndone: z.array(z.string()),
  /** How many steps were never begun. */
  notBegun: z.int(),
});
export type LeftOver = z.infer<typeof leftOverSchema>;

/** Host -> the version that it ran when the plan was made. */
export type VersionsBefore = Readonly<Record<string, string | null>>;

/**
 * What a run that failed or was cancelled left where, after what could be put back was put back. Told from the plan and
 * what became of its steps, so that nobody has to be asked.
 */
export function leftOver(root: PlanNode, state: RunnerState, before: VersionsBefore = {}): LeftOver {
  const steps = runnableSteps(root);
  const hosts = [...new Set(steps.map((step) => step.node ?? null))];
  const rows = hosts.map((host) => {
    const own = steps.filter((step) => (step.node ?? null) === host);
    const touched = own.filter((step) => statusOf(state, step) !== 'pending');
    const clauses = clausesOf(touched, state);
    const still = host === null ? null : (before[host] ?? null);
    const unmoved = still !== null && !touched.some((step) => aspectOf(step) === 'process');
    const told = unmoved ? [...clauses, `still ${still}`] : clauses;
    return { host, untouched: clauses.length === 0, state: told.join(', ') };
  });
  return {
    // What concerns no node is worth a word only where something was done.
    nodes: rows.filter(({ host, untouched }) => host !== null || !untouched),
    undone: steps.filter((step) => statusOf(state, step) === 'undone').map(({ title }) => title),
    notUndone: stepsToUndo(root, state).map((step) => {
      const note = state.steps[step.id]?.note;
      return note === undefined ? step.title : `${step.title} (${note})`;
    }),
    notBegun: steps.filter((step) => statusOf(state, step) === 'pending').length,
  };
}

const statusOf = (state: RunnerState, { id }: PlanStep): StepState['status'] => state.steps[id]?.status ?? 'pending';

const traced = (step: PlanStep): Trace | null => (isStepKind(step.kind) ? traceOf(step.kind, step.input) : null);
const aspectOf = (step: PlanStep): Aspect | null => traced(step)?.aspect ?? null;

/** One clause for each aspect, by the last step of it; a node whose process was changed tells the rest by that. */
function clausesOf(touched: readonly PlanStep[], state: RunnerState): string[] {
  const last = new Map<string, string>();
  for (const step of touched) {
    const trace = traced(step);
    const key = trace?.aspect ?? step.id;
    // Said anew where it came last.
    last.delete(key);
    last.set(key, clauseOf(step, trace, statusOf(state, step)));
  }
  if (last.has('process')) ['package', 'clients'].forEach((aspect) => last.delete(aspect));
  const order: readonly string[] = ['process', 'gate'];
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...last]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([, clause]) => clause)
    .filter((clause) => clause !== '');
}

/** A look that found all well leaves nothing behind. */
const looks: readonly string[] = ['verifyCluster', 'verifyCertificates', 'verifyRecovery'];

function clauseOf(step: PlanStep, trace: Trace | null, status: StepState['status']): string {
  if (status === 'undone') return trace?.undone ?? `put back: ${step.title}`;
  if (status === 'done') return trace?.done ?? (looks.includes(step.kind) ? '' : `done: ${step.title}`);
  return trace?.ended ?? `not finished: ${step.title}`;
}
