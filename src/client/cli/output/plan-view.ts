import type { CheckResult, Plan, PlanNode } from '../../../domain/plan/index.js';
import { runnableSteps } from '../../../domain/plan/index.js';
import { adoptionLines } from './adoption-view.js';
import { differenceLines, nodeChangeLines } from './difference-view.js';
import { type Line, line } from './line.js';
import { approvalLines, upgradeLines } from './upgrade-view.js';

/** A plan as people judge it: what changes, the tree of steps, checks, warnings. */
export function planLines(plan: Plan, hash: string): Line[] {
  const count = runnableSteps(plan.root).length;
  const steps = count === 0 ? 'nothing to do' : `${count} ${count === 1 ? 'step' : 'steps'}`;
  const lines = [line(`${plan.title}: ${steps}`, 'strong')];
  if (plan.adoption) lines.push(...adoptionLines(plan.adoption));
  if (plan.difference) lines.push(...differenceLines(plan.difference));
  if (plan.upgrade) lines.push(...upgradeLines(plan.upgrade));
  lines.push(...(plan.nodes ? nodeChangeLines(plan.nodes) : plan.changes.map((change) => line(`  - ${change}`))));
  if (count > 0) lines.push(line(''), ...treeLines(plan.root));
  if (plan.checks.length > 0) lines.push(line(''), line('Checks', 'strong'), ...checkLines(plan.checks));
  lines.push(...warningLines(plan.warnings));
  if (plan.members.length > 0) lines.push(line(''), line(`Members afterwards: ${plan.members.join(', ')}`));
  lines.push(...approvalLines(plan), line(`Plan ${hash}`, 'dim'));
  return lines;
}

export function warningLines(warnings: readonly string[]): Line[] {
  return warnings.map((warning) => line(`warning: ${warning}`, 'bad'));
}

/** One line for each verdict, the remedy of a failed one below it. */
export function checkLines(checks: readonly CheckResult[]): Line[] {
  return checks.flatMap((check) => {
    const about = check.node === undefined ? check.check : `${check.check} (${check.node})`;
    if (check.status === 'holds') return [line(`  ✔ ${about}: ${check.reason}`, 'good')];
    if (check.status === 'overridden') return [line(`  ! ${about}: ${check.reason}`, 'busy')];
    const remedy = check.remedy === undefined ? [] : [line(`    ${check.remedy}`)];
    return [line(`  ✘ ${about}: ${check.reason}`, 'bad'), ...remedy];
  });
}

/** The steps as a tree: how a group runs its children stands behind its title. */
export function treeLines(root: PlanNode): Line[] {
  return [line(titleOf(root)), ...(root.type === 'step' ? [] : childLines(root.children, ''))];
}

function childLines(children: readonly PlanNode[], indent: string): Line[] {
  return children.flatMap((child, index) => {
    const last = index === children.length - 1;
    const own = line(`${indent}${last ? '└─ ' : '├─ '}${titleOf(child)}`, isSkipped(child) ? 'dim' : 'plain');
    if (child.type === 'step') return [own];
    return [own, ...childLines(child.children, `${indent}${last ? '   ' : '│  '}`)];
  });
}

const isSkipped = (node: PlanNode): boolean => node.type === 'step' && node.skip !== undefined;

function titleOf(node: PlanNode): string {
  if (node.type === 'step') return node.skip === undefined ? node.title : `${node.title} (skipped: ${node.skip})`;
  const manner: string[] = [];
  if (node.type === 'parallel' && node.children.length > 1) {
    manner.push(node.limit === undefined ? 'side by side' : `${node.limit} at a time`);
  }
  if (node.atomic === true) manner.push('not interrupted');
  return manner.length === 0 ? node.title : `${node.title} [${manner.join(', ')}]`;
}
