import type { OperationView } from '../../temporal/index.js';
import { approvalHint } from './approval-hint.js';
import { stepRemark, stepTime } from './step-view.js';

/** Counters move with every look; only another reason is worth a new line. */
const withoutNumbers = (text: string | undefined): string | undefined => text?.replace(/\d+([.,]\d+)*/g, '#');

/**
 * What has changed between two moments, one line each, for a log that nobody redraws.
 * @param before null for the first look
 */
export function progressChanges(
  before: OperationView | null,
  after: OperationView,
  workflowId: string,
  now: Date,
): string[] {
  const { progress } = after;
  const lines: string[] = [];
  if (after.notice !== null && withoutNumbers(after.notice) !== withoutNumbers(before?.notice ?? undefined)) {
    lines.push(`${workflowId}: ${after.notice}`);
  }
  if (!progress) return lines;
  const phase = progress.waitingFor === null ? progress.phase : `${progress.phase}, waits for ${progress.waitingFor}`;
  const was = before?.progress;
  if (was?.phase !== progress.phase || was.waitingFor !== progress.waitingFor) {
    lines.push(`${workflowId}: ${phase}`);
    if (progress.phase === 'awaiting-approval') lines.push(...approvalHint(after, workflowId));
  }
  const known = new Map(was?.steps.map((step) => [step.id, step]));
  for (const step of progress.steps) {
    const old = known.get(step.id);
    const wait = after.waits[step.id];
    const moved = (old?.status ?? 'pending') !== step.status && step.status !== 'skipped';
    const waits = step.status === 'running' && wait !== undefined;
    if (!moved && !(waits && withoutNumbers(wait) !== withoutNumbers(before?.waits[step.id]))) continue;
    const time = step.status === 'running' ? '' : ` (${stepTime(step, now) || '0s'})`;
    const remark = stepRemark(step, wait);
    lines.push(
      `${step.node ?? progress.cluster}: ${step.title}: ${step.status}${time}${remark === '' ? '' : `, ${remark}`}`,
    );
  }
  return lines;
}
