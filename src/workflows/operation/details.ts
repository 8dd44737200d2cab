import type { OperationProgress, PreparedPlan } from '../../domain/operations/index.js';
import type { PlannedUpgrade } from '../../domain/plan/index.js';
import { leftOverLines } from '../../domain/reports/index.js';
import { stepMarks } from '../../domain/runner/index.js';

/** Above this many steps the table shows only what is under way, what failed, and the last that were done. */
const fullTable = 300;
const lastDone = 20;

/** The plan as a Markdown table, as people read it in the Temporal UI while it runs. */
export function progressDetails(progress: OperationProgress, prepared: PreparedPlan | null): string {
  const head = [`**${prepared?.plan.title ?? progress.operation}**: ${progress.phase}`];
  if (progress.waitingFor !== null) head.push('', `Waiting for ${progress.waitingFor}`);
  if (progress.left) head.push(...leftLines(progress.left));
  if (!prepared) return head.join('\n');
  const problems = prepared.plan.checks.filter((check) => check.status !== 'holds');
  for (const check of problems)
    head.push('', `Check \`${check.check}\` ${check.status}${check.node ? ` on ${check.node}` : ''}: ${check.reason}`);
  if (prepared.plan.upgrade) head.push(...upgradeDetails(prepared.plan.upgrade));
  if (progress.steps.length === 0) return [...head, '', 'Nothing to do.'].join('\n');
  return [
    ...head,
    '',
    `Plan \`${prepared.hash.slice(0, 12)}\``,
    '',
    '| | node | step | |',
    '|---|---|---|---|',
    ...shown(progress).map(
      (step) =>
        `| ${stepMarks[step.status]} | ${step.node ?? ''} | ${step.title} | ${cell(step.waitingFor ?? step.error ?? step.note ?? step.skip ?? '')} |`,
    ),
  ].join('\n');
}

/** Where everything stands after an early end, as people look for it first. */
function leftLines(left: NonNullable<OperationProgress['left']>): string[] {
  return [
    ...['', 'What is left:', ''],
    ...leftOverLines(left).map((text) => `- ${text}`),
    ...left.notUndone.map((text) => `- **not put back**: ${text}`),
    ...['', `Finish it with \`${left.again}\``],
    ...(left.back === null ? [] : ['', `Take it back with \`${left.back}\``]),
  ];
}

function shown(progress: OperationProgress): OperationProgress['steps'] {
  if (progress.steps.length <= fullTable) return progress.steps;
  const done = new Set(
    progress.steps
      .filter((step) => step.status === 'done')
      .slice(-lastDone)
      .map((step) => step.id),
  );
  return progress.steps.filter((step) => step.status === 'running' || step.status === 'failed' || done.has(step.id));
}

/** The releases that are crossed, each with a link to what the vendor says of it. */
function upgradeDetails({ crossed, guidesPage }: PlannedUpgrade): string[] {
  if (crossed.length === 0) return [];
  const links = crossed.map(({ release, guide }) => `[${release}](${guide ?? guidesPage})`);
  return ['', `Releases crossed: ${links.join(', ')}`];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 300);
