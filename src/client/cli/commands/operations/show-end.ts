import type { OperationReport, PreparedPlan } from '../../../../domain/operations/index.js';
import { leftOverText } from '../../../../domain/reports/index.js';
import type { Failure, OperationEnd, OperationView } from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import { leftOverView } from '../../output/left-over-view.js';
import type { Line } from '../../output/line.js';
import { planLines } from '../../output/plan-view.js';
import { checkReportLines, reportLines, stepLines } from '../../output/report-view.js';
import { createScreen } from '../../output/screen.js';
import { exitCodeOfFailure } from '../shared/failure-exit.js';

/** What comes true by the clock alone: a plan that waits for it is as good as any. */
const awaited: ReadonlySet<string> = new Set(['maintenance-window']);

/** Prints how an operation ended. @throws CliError unless it ended well */
export function showEnd(
  io: CliIo,
  workflowId: string,
  { end, last }: { end: OperationEnd; last: OperationView },
  json: boolean,
): void {
  if (json) printJson(io, endDocument(workflowId, end, last));
  if (end.outcome === 'failed') {
    const steps = last.progress?.steps ?? [];
    const left = last.progress ? leftOverView(last.progress) : [];
    if (!json && steps.length > 0) createScreen(io).print([...stepLines(steps, new Date()), ...left]);
    throw new CliError(exitCodeOfFailure(end.failure.kind), `${workflowId}: ${reasonOf(end.failure, last)}`);
  }
  const { report } = end;
  if (!json) createScreen(io).print(linesOf(report, last.plan));
  const failing = report.checks
    .filter(({ check, status }) => status === 'fails' && !(report.status === 'dry-run' && awaited.has(check)))
    .map(({ check }) => check);
  if (report.status !== 'completed' && failing.length > 0) {
    const names = [...new Set(failing)].join(', ');
    throw new CliError(exitCodes.refused, `${report.cluster}: a check does not hold: ${names}`);
  }
}

/** The server keeps no words for a cancelled run, so they are put together from what it says of itself. */
function reasonOf({ kind, message }: Failure, { progress }: OperationView): string {
  const left = progress?.left;
  if (kind !== 'Cancelled' || !left) return message;
  return `cancelled at a safe point. ${leftOverText(left, left)}`;
}

function linesOf(report: OperationReport, plan: PreparedPlan | null): Line[] {
  if (report.status === 'checked') return checkReportLines(report);
  return report.status === 'dry-run' && plan ? planLines(plan.plan, plan.hash) : reportLines(report);
}

/** The machine's form of the end: `report` or `error`, and the whole plan of a dry run. */
function endDocument(workflowId: string, end: OperationEnd, { progress, plan }: OperationView): object {
  if (end.outcome === 'completed') {
    const { report } = end;
    return {
      workflowId,
      outcome: report.status,
      report,
      ...(report.status === 'dry-run' && { plan: plan?.plan ?? null }),
    };
  }
  const outcome =
    end.failure.kind === 'Cancelled' ? 'cancelled' : end.failure.kind === 'Rejected' ? 'rejected' : 'failed';
  const left = progress?.left;
  return { workflowId, outcome, error: end.failure, ...(left && { left }), steps: progress?.steps ?? [] };
}
