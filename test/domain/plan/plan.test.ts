import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findNode,
  parallel,
  type PlanStep,
  planSchema,
  runnableSteps,
  sequence,
  stepsOf,
} from '../../../src/domain/plan/index.js';
import { anyTree } from '../support/trees.js';

const step = (id: string, skip?: string): PlanStep => ({
  type: 'step',
  id,
  kind: 'act',
  title: id,
  input: {},
  ...(skip !== undefined && { skip }),
});

describe('a plan', () => {
  it('is plain data: JSON and its schema give it back', () => {
    const rest = { operation: 'x', cluster: 'prod', title: 'X', changes: [], warnings: [], checks: [], members: [] };
    fc.assert(
      fc.property(anyTree, (root) => {
        expect(planSchema.parse(JSON.parse(JSON.stringify({ ...rest, root })))).toEqual({ ...rest, root });
      }),
    );
  });

  it('leaves out what is not needed', () => {
    const tree = sequence('all', 'All', [null, step('a'), parallel('b', 'B', [step('c', 'no gate'), null])]);
    expect(stepsOf(tree).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(runnableSteps(tree).map(({ id }) => id)).toEqual(['a']);
  });

  it('finds its groups and steps by id', () => {
    const tree = sequence('all', 'All', [step('a'), parallel('b', 'B', [step('c')], { limit: 2, node: 'n1' })]);
    expect(findNode(tree, 'b')).toMatchObject({ limit: 2, node: 'n1' });
    expect(findNode(tree, 'c')).toMatchObject({ type: 'step' });
    expect(findNode(tree, 'all')).toBe(tree);
    expect(findNode(tree, 'd')).toBeNull();
  });
});
