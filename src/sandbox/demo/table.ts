import type { DemoReport } from './report.js';

/** Rows of cells as text, columns aligned. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

/** The report for people. */
export function reportTable(report: DemoReport): string {
  const { operations, messages, recovery, safetyViolations, drains, overriddenChecks, clients, watch } = report;
  const sections: [string, string[]][] = [
    [
      'Operations',
      aligned([
        ['type', 'status', 'seconds'],
        ...operations.map(({ type, status, seconds }) => [type, status, seconds.toFixed(1)]),
      ]),
    ],
    [
      `Messages of ${clients.online} clients that stayed online`,
      aligned([
        ['published', 'delivered', 'lost', 'duplicated', 'longest outage'],
        [
          String(messages.published),
          String(messages.delivered),
          String(messages.lost),
          String(messages.duplicated),
          `${messages.longestOutageMs} ms`,
        ],
      ]),
    ],
    [
      'Disaster recovery',
      recovery === null
        ? ['  not reached']
        : aligned([
            ['', 'before', 'missing after the disaster', 'after the recovery'],
            ...Object.entries(recovery).map(([kind, { before, missingAfterDisaster, after }]) => [
              kind,
              String(before),
              String(missingAfterDisaster),
              String(after),
            ]),
          ]),
    ],
    [
      'Drains',
      drains.map(({ node, clients: moved, seconds }) => `  ${node}: ${moved} clients in ${seconds.toFixed(1)} s`),
    ],
    ['Checks passed over', overriddenChecks.map(({ check, reason }) => `  ${check}: ${reason}`)],
    [
      `Safety violations, watched ${watch.looksPerSecond} times a second`,
      safetyViolations.map(({ rule, at, detail }) => `  ${rule} at ${at}: ${detail}`),
    ],
  ];
  return sections
    .map(([title, lines]) => `${title}\n${(lines.length === 0 ? ['  none'] : lines).join('\n')}\n`)
    .join('\n');
}
