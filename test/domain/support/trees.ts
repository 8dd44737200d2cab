import fc from 'fast-check';
import type { PlanGroup, PlanNode } from '../../../src/domain/plan/index.js';

interface StepShape {
  readonly skip: boolean;
  /** Picks the node of the tree whose begin is the point of no return; null: nothing to undo. */
  readonly until: number | null;
}
interface GroupShape {
  readonly type: 'sequence' | 'parallel';
  readonly atomic: boolean;
  readonly limit: number | null;
  readonly children: readonly Shape[];
}
type Shape = StepShape | GroupShape;

const shape = fc.letrec<{ node: Shape; step: StepShape; group: GroupShape }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('step'), tie('group')),
  step: fc.record({
    skip: fc.boolean(),
    until: fc.option(fc.nat({ max: 12 }), { freq: 2 }),
  }),
  group: fc.record({
    type: fc.constantFrom('sequence' as const, 'parallel' as const),
    atomic: fc.boolean(),
    limit: fc.option(fc.integer({ min: 1, max: 3 })),
    children: fc.array(tie('node'), { maxLength: 4 }),
  }),
})).group;

/** Any tree that a planner could write, ids unique. */
export const anyTree: fc.Arbitrary<PlanNode> = shape.map(named);

function named(root: Shape): PlanNode {
  const ids: string[] = [];
  const number = (node: Shape): void => {
    ids.push(`x${ids.length}`);
    if ('children' in node) node.children.forEach(number);
  };
  number(root);
  let next = 0;
  const build = (node: Shape): PlanNode => {
    const id = ids[next++] ?? '';
    if ('children' in node) {
      const { type, atomic, limit, children } = node;
      const options = { ...(atomic && { atomic }), ...(type === 'parallel' && limit !== null && { limit }) };
      return { type, id, title: id, ...options, children: children.map(build) };
    }
    const undo = node.until === null ? null : { kind: 'back', input: {}, until: ids[node.until % ids.length] ?? '' };
    return {
      type: 'step',
      id,
      kind: 'act',
      title: id,
      input: {},
      ...(node.skip && { skip: 'not needed' }),
      ...(undo && { undo }),
    };
  };
  return build(root);
}

/** A copy of a tree, each group changed. */
export function changeGroups(node: PlanNode, change: (group: PlanGroup) => PlanNode): PlanNode {
  if (node.type === 'step') return node;
  return change({ ...node, children: node.children.map((child) => changeGroups(child, change)) });
}
