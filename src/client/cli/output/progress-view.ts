import type { OperationProgress } from '../../../domain/operations/index.js';
import type { OperationView } from '../../temporal/index.js';
import { approvalHint } from './approval-hint.js';
import { elapsed } from './elapsed.js';
import { leftOverView } from './left-over-view.js';
import { type Line, line } from './line.js';
import { stepLine, stepWidths } from './step-view.js';

export interface ProgressOptions {
  readonly workflowId: string;
  readonly now: Date;
  /** Most lines to give; default: all. Steps that run or failed are kept before others. */
  readonly height?: number;
}

/** An operation at one moment as lines: a headline, what it waits for, one line for each step. */
export function progressLines(view: OperationView, { workflowId, now, height }: ProgressOptions): Line[] {
  const { progress, plan, waits, notice } = view;
  if (!progress) return [line(`${workflowId}: ${notice ?? 'started'}`, 'strong')];
  const head = [
    line(headline(progress, plan?.plan.title ?? `${progress.operation} ${progress.cluster}`, now), 'strong'),
  ];
  if (progress.waitingFor !== null) head.push(line(`  waits for ${progress.waitingFor}`, 'busy'));
  if (notice !== null) head.push(line(`  ${notice}`, 'busy'));
  if (progress.phase === 'awaiting-approval') head.push(...approvalHint(view, workflowId).map((text) => line(text)));
  if (progress.phase === 'paused') head.push(line(`  go on: hivekeeper resume ${workflowId}`));
  head.push(...leftOverView(progress));
  const widths = stepWidths(progress.steps);
  const rows = progress.steps.map((step) => ({ step, text: stepLine(step, widths, now, waits[step.id]) }));
  return [...head, ...fit(rows, height === undefined ? rows.length : height - head.length)];
}

function headline(progress: OperationProgress, title: string, now: Date): string {
  const planned = progress.steps.filter((step) => step.status !== 'skipped');
  const done = planned.filter((step) => step.status === 'done').length;
  const count = planned.length > 0 ? ` · ${done} of ${planned.length} steps` : '';
  return `${title}: ${progress.phase}${count} · ${elapsed(progress.startedAt, now)}`;
}

interface Row {
  readonly step: OperationProgress['steps'][number];
  readonly text: Line;
}

/** Leaves out what matters least until the rows fit: first what is done, then what is still to come. */
function fit(rows: readonly Row[], height: number): Line[] {
  if (rows.length <= height) return rows.map((row) => row.text);
  const room = Math.max(1, height - 2);
  const first = rows.findIndex((row) => row.step.status === 'running' || row.step.status === 'failed');
  const begun = first < 0 ? rows.filter((row) => row.step.status !== 'pending').length : first;
  const start = Math.max(0, Math.min(begun - Math.floor(room / 3), rows.length - room));
  const end = start + room;
  const out: Line[] = rows.slice(start, end).map((row) => row.text);
  if (start > 0) out.unshift(line(`  … ${start} steps before`, 'dim'));
  if (end < rows.length) out.push(line(`  … ${rows.length - end} steps to come`, 'dim'));
  return out;
}
