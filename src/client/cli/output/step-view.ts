import type { OperationProgress } from '../../../domain/operations/index.js';
import { stepMarks } from '../../../domain/runner/index.js';
import { elapsed } from './elapsed.js';
import { type Line, line, type Tone } from './line.js';

type Step = OperationProgress['steps'][number];
type Status = Step['status'];

const tones: Readonly<Record<Status, Tone>> = {
  pending: 'dim',
  running: 'busy',
  done: 'good',
  skipped: 'dim',
  failed: 'bad',
  cancelled: 'bad',
  undone: 'dim',
};

/** How long a step took, or has been running; empty for one that was never begun. */
export function stepTime(step: Step, now: Date): string {
  return step.startedAt === undefined ? '' : elapsed(step.startedAt, step.endedAt ?? now);
}

/** What is to be said of a step besides its title: an error before a note, a reason to skip it last. */
export function stepRemark(step: Step, wait?: string): string {
  if (step.error !== undefined) return step.error;
  if (step.status === 'running' && wait !== undefined) return `waits for ${wait}`;
  return step.note ?? step.skip ?? '';
}

/** One line of a progress list: mark, node, title, time, remark. */
export function stepLine(step: Step, widths: { node: number; title: number }, now: Date, wait?: string): Line {
  const node = (step.node ?? '').padEnd(widths.node);
  const title = step.title.padEnd(widths.title);
  const text = `${stepMarks[step.status]} ${node}  ${title}  ${stepTime(step, now).padStart(7)}  ${stepRemark(step, wait)}`;
  return line(text.trimEnd(), tones[step.status]);
}

export function stepWidths(steps: readonly Step[]): { node: number; title: number } {
  return {
    node: Math.max(0, ...steps.map((step) => step.node?.length ?? 0)),
    title: Math.max(0, ...steps.map((step) => step.title.length)),
  };
}
