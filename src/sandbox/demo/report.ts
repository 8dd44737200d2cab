import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DrainVerdict, Violation } from '../oracles/index.js';
import type { Inventory, RecoveryCounts } from './inventory.js';
import type { Override } from './machine.js';

/** What `.hivekeeper/demo/report.json` holds. Every count comes from the clients' own logs or from the watch outside. */
export interface DemoReport {
  readonly operations: readonly {
    readonly type: string;
    readonly status: string;
    readonly seconds: number;
    readonly failure?: string;
  }[];
  readonly messages: {
    readonly published: number;
    readonly delivered: number;
    /** Acknowledged and never delivered, outside of the declared disaster. */
    readonly lost: number;
    /** Delivered again although QoS 1 does not explain it. */
    readonly duplicated: number;
    /** The longest time in which one client got nothing through, outside of the declared disaster. */
    readonly longestOutageMs: number;
    readonly redelivered: number;
    readonly lostInDisaster: number;
  };
  /** Null when the demo did not get as far as the disaster. */
  readonly recovery: Readonly<Record<keyof Inventory, RecoveryCounts>> | null;
  readonly safetyViolations: readonly Violation[];
  readonly drains: readonly Omit<DrainVerdict, 'violations'>[];
  /** Checks that were passed over, each with its reason. */
  readonly overriddenChecks: readonly Override[];
  readonly clients: { readonly online: number; readonly offline: number };
  readonly watch: { readonly looksPerSecond: number };
  readonly sabotage: string | null;
  /** Why the demo failed; empty when it did not. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Operations that a whole demo consists of. */
const COURSE = ['deployCluster', 'scaleCluster', 'decommissionNode', 'rollingUpgrade', 'recoverCluster'];

/** Everything that keeps a demo from being a success, one sentence each. */
export function findProblems(report: Omit<DemoReport, 'problems'>): string[] {
  const { operations, messages, recovery, safetyViolations } = report;
  const problems: string[] = [];
  for (const type of COURSE) {
    const found = operations.find((operation) => operation.type === type);
    if (found === undefined) problems.push(`${type} was not run`);
    else if (found.status !== 'completed')
      problems.push(`${type} ${found.status}: ${found.failure ?? 'no reason given'}`);
  }
  if (messages.published === 0) problems.push('no message was published');
  if (messages.lost > 0) problems.push(`${messages.lost} acknowledged messages were lost`);
  if (messages.duplicated > 0) problems.push(`${messages.duplicated} messages were delivered again without a reason`);
  for (const [kind, { before, missingAfterDisaster, after }] of Object.entries(recovery ?? {})) {
    if (missingAfterDisaster <= 0) problems.push(`${kind}: the disaster took nothing, so that nothing was proven`);
    if (after !== before) problems.push(`${kind}: ${before} before the disaster, ${after} after the recovery`);
  }
  if (recovery === null) problems.push('there was no disaster to recover from');
  for (const { rule, detail } of safetyViolations) problems.push(`${rule}: ${detail}`);
  return problems;
}

export async function writeReport(folder: string, report: DemoReport): Promise<string> {
  const file = path.join(folder, 'report.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
