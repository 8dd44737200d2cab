import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterChecks, evaluateCheck } from '../../../src/domain/checks/index.js';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { draftOf, operate, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'];
const nights = [{ cron: '0 2 * * *', timeZone: 'Europe/Berlin', duration: '2h' }];

function worldOf(members: readonly string[], windows: typeof nights = nights): World {
  return {
    cluster: new SimulatedCluster(hosts).settle(members, '4.30.0'),
    record: recordOf(members),
    spec: specWith({ hosts, nodes: members.length, windows }),
  };
}

const stepIds = (world: World, type: OperationType, input: object): string[] =>
  runnableSteps(draftOf(world, type, input).draft.root).map(({ id }) => id);

const disturbing = /^(n\d)\/(awaitWindow|closeTraffic|drainNode|stopNode|retireNode)$/;
const firstOf = (ids: readonly string[], node: string): string | undefined =>
  ids.find((id) => disturbing.exec(id)?.[1] === node);

describe('an operation on a cluster with maintenance windows', () => {
  it.each<[string, OperationType, object, readonly string[]]>([
    ['an upgrade', 'rollingUpgrade', { version: '4.31.0' }, ['n1', 'n2', 'n3']],
    ['a rolling restart', 'rollingRestart', { reason: 'kernel' }, ['n1', 'n2', 'n3']],
    ['a restart of one node', 'restartNode', { node: 'n2' }, ['n2']],
    ['a decommission', 'decommissionNode', { node: 'n3' }, ['n3']],
    ['the replacement of a living node', 'replaceNode', { node: 'n3', with: 'n4' }, ['n3']],
  ])('%s waits for one right before each node that it disturbs', (_, type, input, disturbed) => {
    const ids = stepIds(worldOf(['n1', 'n2', 'n3']), type, input);
    for (const node of disturbed) expect(firstOf(ids, node)).toBe(`${node}/awaitWindow`);
    expect(ids.filter((id) => id.endsWith('/awaitWindow'))).toHaveLength(disturbed.length);
  });

  it('waits before a node that a changed spec restarts', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    world.cluster.generation = 1;
    expect(firstOf(stepIds(world, 'applySpec', { spec: {} }), 'n2')).toBe('n2/awaitWindow');
  });

  it('waits for none where the policy names none', () => {
    const ids = stepIds(worldOf(['n1', 'n2', 'n3'], []), 'rollingUpgrade', { version: '4.31.0' });
    expect(ids.some((id) => id.endsWith('/awaitWindow'))).toBe(false);
  });

  it('brings back what does not serve without waiting, and what is new', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    Object.assign(world.cluster.node('n2'), { process: 'stopped' });
    const upgrade = stepIds(world, 'rollingUpgrade', { version: '4.31.0' });
    expect(upgrade.filter((id) => id.endsWith('/awaitWindow'))).toEqual(['n1/awaitWindow', 'n3/awaitWindow']);
    expect(upgrade.indexOf('n2/startNode')).toBeLessThan(upgrade.indexOf('n1/awaitWindow'));
    expect(stepIds(world, 'recoverCluster', {}).some((id) => id.endsWith('/awaitWindow'))).toBe(false);
    expect(stepIds(worldOf(['n1', 'n2']), 'scaleCluster', { nodes: 3 })).not.toContain('n3/awaitWindow');
  });

  it('keeps the wait outside of what is not interrupted, so that it can be cancelled with nothing done', () => {
    const world = worldOf(['n1', 'n2', 'n3']);
    const cut = { after: 0, how: 'cancel' } as const;
    const result = operate(world, 'rollingRestart', { reason: 'kernel' }, { cut });
    expect(result).toMatchObject({ outcome: 'cancelled', broken: [] });
    expect(result.begun.filter((id) => /stopNode|closeTraffic/.test(id))).toEqual([]);
    expect(world.cluster.serving).toEqual(['n1', 'n2', 'n3']);
  });

  it('does the same otherwise, wherever a run is cut off and run again', () => {
    const cuts = fc.record({
      after: fc.integer({ min: 0, max: 30 }),
      how: fc.constantFrom('cancel' as const, 'fail-undone' as const, 'fail-done' as const, 'kill' as const),
    });
    fc.assert(
      fc.property(cuts, (cut) => {
        const world = worldOf(['n1', 'n2', 'n3']);
        const first = operate(world, 'rollingUpgrade', { version: '4.31.0' }, { cut });
        const second = operate(world, 'rollingUpgrade', { version: '4.31.0' });
        expect([...first.broken, ...second.broken]).toEqual([]);
        expect(second.outcome).toBe('completed');
        expect(hosts.slice(0, 3).map((host) => world.cluster.node(host).version)).toEqual(Array(3).fill('4.31.0'));
      }),
      { numRuns: 40 },
    );
  });
});

describe('the check of the windows', () => {
  const evaluate = (window: { open: boolean; next: string | null; timeZone?: string }, reason?: string) => {
    const world = worldOf(['n1', 'n2', 'n3']);
    const overrides = reason === undefined ? [] : [{ check: 'maintenance-window', reason }];
    const context = {
      purpose: 'restart' as const,
      members: ['n1', 'n2', 'n3'],
      observation: world.cluster.observe(),
      target: 'n1',
      replicaCount: 2,
      clustered: true,
      persistentData: true,
      maxUnavailable: 1,
      clientsMayStay: true,
      versionProblem: null,
      packageBytes: 0,
      confirmedGone: [],
      facts: { window },
    };
    return evaluateCheck(clusterChecks['maintenance-window'], context, overrides)[0];
  };
  const closed = { open: false, next: '2026-11-28T01:00:00.000Z', timeZone: 'Europe/Berlin' };

  it('says when the next one opens, in the time of its zone', () => {
    expect(evaluate(closed)).toMatchObject({
      status: 'fails',
      reason: 'no window is open; the next one opens Sat 2026-11-28 02:00 Europe/Berlin',
    });
  });

  it('is passed over with a reason, which stays with the verdict', () => {
    const passed = evaluate(closed, 'a leak of memory');
    expect(passed?.status).toBe('overridden');
    expect(passed?.reason).toContain('(overridden: a leak of memory)');
  });

  it('holds while one is open', () => {
    expect(evaluate({ ...closed, open: true })).toMatchObject({ status: 'holds' });
  });
});
