import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanNode, runnableSteps } from '../../../src/domain/plan/index.js';
import { draftOf, operate, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';
import { changeGroups } from '../support/trees.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'];

function worldOf(members: readonly string[]): World {
  return {
    cluster: new SimulatedCluster(hosts).settle(members, '4.30.0'),
    record: recordOf(members),
    spec: specWith({ hosts, nodes: members.length }),
  };
}

/** Saved folders that count as recovered and were never brought back. */
function lost({ cluster }: World): string[] {
  return [...cluster.nodes].flatMap(([host, node]) =>
    node.moved
      .filter((entry) => entry.recovered === undefined || !cluster.imported.has(`${entry.reason}/${host}`))
      .map((entry) => `${host}: ${entry.reason}`),
  );
}

const members = fc.integer({ min: 2, max: 5 }).map((count) => hosts.slice(0, count));
const failures = members.chain((all) =>
  fc.tuple(fc.constant(all), fc.subarray(all, { minLength: 1 }), fc.subarray(all)),
);

const recovery = (sabotage?: (root: PlanNode) => PlanNode) =>
  fc.property(
    failures,
    fc.record({
      after: fc.nat({ max: 20 }),
      how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
    }),
    ([all, first, later], cut) => {
      const world = worldOf(all);
      const fail = (host: string): void => {
        // A node whose data is still to be recovered fails once here; its second life has none of its own yet.
        if (world.cluster.node(host).moved.length === 0) world.cluster.node(host).process = 'stopped';
      };
      first.forEach(fail);
      const run = () => operate(world, 'recoverCluster', {}, { cut, ...(sabotage && { sabotage }) });
      expect(run().broken).toEqual([]);
      later.forEach(fail);
      const end = operate(world, 'recoverCluster', {}, sabotage && { sabotage });
      expect(end).toMatchObject({ outcome: 'completed', broken: [], guarded: [] });
      expect(lost(world)).toEqual([]);
      expect(all.filter((host) => world.cluster.node(host).process !== 'serving')).toEqual([]);
      expect(runnableSteps(draftOf(world, 'recoverCluster', {}).draft.root)).toEqual([]);
    },
  );

const without = (kind: string) => (root: PlanNode) =>
  changeGroups(root, (group) => ({
    ...group,
    children: group.children.filter((child) => child.type !== 'step' || child.kind !== kind),
  }));

describe('recoverCluster', { timeout: 180_000 }, () => {
  it('brings every saved folder back, whatever fails meanwhile and wherever it is cut off', () => {
    fc.assert(recovery(), { numRuns: 500 });
  });

  it.each(['moveData', 'importBackup', 'startNode'])('is seen to fail without %s', (kind) => {
    expect(fc.check(recovery(without(kind)), { numRuns: 300 }).failed).toBe(true);
  });

  it('leaves out what the operator says is gone', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    world.cluster.node('n2').process = 'stopped';
    const { draft } = draftOf(world, 'recoverCluster', { gone: ['n2'] });
    expect(runnableSteps(draft.root)).toEqual([]);
  });
});
