import type { PlanNode, PlanStep } from '../../plan/index.js';

/** The same tree with each step changed. */
export function mapSteps(node: PlanNode, change: (step: PlanStep) => PlanStep): PlanNode {
  if (node.type === 'step') return change(node);
  return { ...node, children: node.children.map((child) => mapSteps(child, change)) };
}
