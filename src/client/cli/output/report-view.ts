import type { NodeSummary, OperationProgress, OperationReport } from '../../../domain/operations/index.js';
import { elapsed } from './elapsed.js';
import { type Line, line } from './line.js';
import { checkLines, warningLines } from './plan-view.js';
import { stepLine, stepWidths } from './step-view.js';
import { table } from './table.js';

/** The nodes as a table. */
export function nodeLines(nodes: readonly NodeSummary[]): Line[] {
  const rows = nodes.map((node) => [
    node.host,
    node.member ? 'yes' : 'no',
    node.state,
    node.version ?? '?',
    node.clients === null ? '?' : String(node.clients),
    node.sees === null ? '?' : String(node.sees),
    node.note,
  ]);
  const head = ['NODE', 'MEMBER', 'STATE', 'VERSION', 'CLIENTS', 'SEES', 'NOTE'];
  return table(head, rows).map((text, index) => line(text, index === 0 ? 'strong' : 'plain'));
}

/** The steps as they ended. */
export function stepLines(steps: OperationProgress['steps'], now: Date): Line[] {
  const widths = stepWidths(steps);
  return steps.map((step) => stepLine(step, widths, now));
}

/** What an operation did, and how long it took. */
export function reportLines(report: OperationReport): Line[] {
  const took = elapsed(report.startedAt, report.endedAt);
  const lines = [line(`${report.title}: ${report.status} in ${took}`, 'good')];
  if (report.steps.length === 0) lines.push(line('  nothing to do'));
  lines.push(...stepLines(report.steps, new Date(report.endedAt)));
  const passedOver = report.checks.filter((check) => check.status !== 'holds');
  if (passedOver.length > 0) lines.push(line('Checks', 'strong'), ...checkLines(passedOver));
  lines.push(...warningLines(report.warnings));
  if (report.members.length > 0) lines.push(line(`Members: ${report.members.join(', ')}`));
  return lines;
}

/** The answer of `check`: nodes, then verdicts. */
export function checkReportLines(report: OperationReport): Line[] {
  const failed = report.checks.filter((check) => check.status === 'fails').length;
  const verdict = failed === 0 ? 'all checks hold' : `${failed} of ${report.checks.length} checks fail`;
  return [
    ...nodeLines(report.nodes),
    line(''),
    ...checkLines(report.checks),
    ...warningLines(report.warnings),
    line(`${report.cluster}: ${verdict}`, failed === 0 ? 'good' : 'bad'),
  ];
}
