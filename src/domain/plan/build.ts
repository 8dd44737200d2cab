import type { PlanGroup, PlanNode, PlanStep } from './plan.js';

type GroupOptions = Partial<Pick<PlanGroup, 'atomic' | 'limit' | 'node'>>;

const group =
  (type: PlanGroup['type']) =>
  (id: string, title: string, children: readonly (PlanNode | null)[], options: GroupOptions = {}): PlanGroup => ({
    type,
    id,
    title,
    ...options,
    children: children.filter((child) => child !== null),
  });

/** Children run one after the other. Nulls are left out, so that planners can write `needed ? step : null`. */
export const sequence = group('sequence');

/** Children run side by side, at most `limit` at once. */
export const parallel = group('parallel');

/** All steps of a tree in the order in which a sequence would run them. */
export function stepsOf(node: PlanNode): PlanStep[] {
  return node.type === 'step' ? [node] : node.children.flatMap(stepsOf);
}

/** The steps that will run: those that the plan does not skip. */
export function runnableSteps(node: PlanNode): PlanStep[] {
  return stepsOf(node).filter((step) => step.skip === undefined);
}

/** Nodes that a step of one of these kinds will run for. */
export function nodesWith(root: PlanNode, kinds: readonly string[]): Set<string> {
  const steps = runnableSteps(root).filter(({ kind }) => kinds.includes(kind));
  return new Set(steps.flatMap(({ node }) => node ?? []));
}

/** The group or step with this id, or null. */
export function findNode(node: PlanNode, id: string): PlanNode | null {
  if (node.id === id) return node;
  if (node.type === 'step') return null;
  for (const child of node.children) {
    const found = findNode(child, id);
    if (found) return found;
  }
  return null;
}
