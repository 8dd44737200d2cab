import { describe, expect, it } from 'vitest';
import { findNode, runnableSteps } from '../../../src/domain/plan/index.js';
import { initialState, stepsToUndo } from '../../../src/domain/runner/index.js';
import { stepDefinition, isStepKind } from '../../../src/domain/steps/index.js';
import { recordOf } from '../support/nodes.js';
import { draftOf, type World } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3'];

/** n2 cannot be reached. */
function world(): World {
  const cluster = new SimulatedCluster(hosts).settle(hosts, '4.30.0');
  Object.assign(cluster.node('n2'), { unreachable: true });
  return { cluster, record: recordOf(hosts), spec: specWith({ hosts, nodes: 3 }) };
}

const root = () => draftOf(world(), 'diagnoseCluster', { logMebibytes: 2 }).draft.root;

describe('diagnoseCluster', () => {
  it('asks every member, also one that cannot be reached now, a few at a time', () => {
    expect(runnableSteps(root()).map(({ id }) => id)).toEqual([
      'cluster/requestArchives',
      ...hosts.map((host) => `${host}/collectNode`),
      'cluster/packDiagnostics',
      'cluster/removeArchives',
    ]);
    expect(findNode(root(), 'collect')).toMatchObject({ type: 'parallel', limit: 4 });
    expect(findNode(root(), 'n2/collectNode')).toMatchObject({ input: { host: 'n2', logBytes: 2 * 1024 * 1024 } });
  });

  it('has steps alone that need no lease and wait for no check', () => {
    for (const { kind } of runnableSteps(root())) {
      if (!isStepKind(kind)) throw new Error(kind);
      expect(stepDefinition(kind)).toMatchObject({ fenced: false, guards: [] });
    }
  });

  it('removes what brokers made for it when it ends early', () => {
    const state = initialState(root());
    state.steps['cluster/requestArchives'] = { status: 'done' };
    state.steps['n1/collectNode'] = { status: 'cancelled' };
    expect(stepsToUndo(root(), state).map(({ undo }) => undo?.kind)).toEqual(['removeArchives']);
    state.steps['cluster/removeArchives'] = { status: 'done' };
    expect(stepsToUndo(root(), state)).toEqual([]);
  });
});
