import { describe, expect, it } from 'vitest';
import type { BalancerObservation } from '../../../src/domain/observation/index.js';
import { type OperationType, operationDefinition, parseOperationInput } from '../../../src/domain/operations/index.js';
import { runnableSteps, stepsOf } from '../../../src/domain/plan/index.js';
import { unservedFrontends } from '../../../src/domain/planning/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { balanced } from '../../render/haproxy/specs.js';
import { recordOf } from '../support/nodes.js';
import { contextOf } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4'];
const lb = (host: string, more: Partial<BalancerObservation> = {}): BalancerObservation => ({
  ...{ host, problem: null, members: ['n1', 'n2', 'n3'], upToDate: true },
  ...more,
});
const fresh = { members: null, upToDate: false } as const;
const away = { ...fresh, problem: { unreachable: true, reason: 'lb2 cannot be reached' } } as const;

function draft(
  type: OperationType,
  input: object,
  balancers: readonly BalancerObservation[],
  { members = ['n1', 'n2', 'n3'], open = {} }: { members?: readonly string[]; open?: Record<string, boolean> } = {},
) {
  const world = {
    cluster: new SimulatedCluster(hosts).settle(members, '4.30.0'),
    record: recordOf(members),
    spec: specWith({ hosts, nodes: 3 }),
  };
  const facts = { balancer: { name: 'haproxy', down: {}, open, limit: null, connections: null } };
  const parsed = parseOperationInput(type, { cluster: 'prod', ...input });
  const definition = operationDefinition(type);
  const spec = definition.adjustSpec?.(world.spec, parsed) ?? world.spec;
  return definition.plan({ ...contextOf({ ...world, spec }), balancers, checkFacts: facts }, parsed);
}
const ids = (...given: Parameters<typeof draft>): string[] => runnableSteps(draft(...given).root).map(({ id }) => id);
const aboutBalancer = (all: readonly string[]): string[] => all.filter((id) => id.startsWith('lb'));

describe('what is planned for HAProxy', () => {
  it.each<[OperationType, object]>([
    ['deployCluster', { spec: {} }],
    ['applySpec', { spec: {} }],
    ['rollingUpgrade', { version: '4.31.0' }],
    ['restartNode', { node: 'n2' }],
    ['recoverCluster', {}],
  ])('nothing by %s where it is up to date', (type, input) => {
    expect(aboutBalancer(ids(type, input, [lb('lb1'), lb('lb2')]))).toEqual([]);
  });

  it('a first deployment sets it up on all hosts once the nodes serve, and opens the way then', () => {
    const all = ids('deployCluster', { spec: {} }, [lb('lb1', fresh), lb('lb2', fresh)], { members: [] });
    expect(aboutBalancer(all)).toEqual(['lb1/configureBalancer', 'lb2/configureBalancer']);
    expect(all.indexOf('lb1/configureBalancer')).toBeGreaterThan(all.indexOf('n3/startNode'));
    expect(all.indexOf('lb2/configureBalancer')).toBeLessThan(all.indexOf('n1/openTraffic'));
  });

  it('a node that joins is told to it when it serves, before the way is opened', () => {
    const all = ids('scaleCluster', { nodes: 4 }, [lb('lb1')]);
    const own = all.filter((id) => id.startsWith('n4') || id.startsWith('lb'));
    expect(own.slice(-3)).toEqual(['n4/startNode', 'lb1/configureBalancer-n4', 'n4/openTraffic']);
  });

  it.each<[OperationType, object, string]>([
    ['decommissionNode', { node: 'n3' }, 'n3/retireNode'],
    ['replaceNode', { node: 'n3', with: 'n4' }, 'n3/retireNode'],
  ])('%s takes a node out of it once the node has left', (type, input, left) => {
    const all = ids(type, input, [lb('lb1')]);
    expect(all.indexOf('lb1/configureBalancer-n3')).toBeGreaterThan(all.indexOf(left));
  });

  it('any operation first repairs one that does not run or lacks a member', () => {
    const all = ids('restartNode', { node: 'n1' }, [
      lb('lb1', { upToDate: false }),
      lb('lb2', { members: ['n1', 'n2'] }),
    ]);
    expect(all.slice(0, 2)).toEqual(['lb1/configureBalancer', 'lb2/configureBalancer']);
  });

  it('a host that cannot be reached is shown and skipped, with the reason', () => {
    const plan = draft('applySpec', { spec: {} }, [lb('lb1'), lb('lb2', away)]);
    const step = stepsOf(plan.root).find(({ id }) => id === 'lb2/configureBalancer');
    expect(step?.skip).toContain('lb2 cannot be reached');
    expect(plan.changes.join()).toContain('lb2: its HAProxy is left as it is: lb2 cannot be reached');
  });

  it('a deployment is refused where HAProxy is missing, or no host can be reached', () => {
    const missing = { ...fresh, problem: { unreachable: false, reason: 'run there: apt-get install haproxy' } };
    expect(() => draft('deployCluster', { spec: {} }, [lb('lb1', missing), lb('lb2')])).toThrow(
      'apt-get install haproxy',
    );
    expect(() => draft('deployCluster', { spec: {} }, [lb('lb2', away)])).toThrow('no host of the load balancer');
    expect(() => draft('recoverCluster', {}, [lb('lb1', missing), lb('lb2', away)])).not.toThrow();
  });

  it('opens the way to a member that it is found closed for, and to no other', () => {
    const all = ids('rollingUpgrade', { version: '4.30.0' }, [lb('lb1')], { open: { n1: true, n2: false, n3: true } });
    expect(all).toEqual(['n2/openTraffic']);
  });

  it('removing the cluster stops it after all nodes', () => {
    const all = ids('removeCluster', { confirm: 'prod' }, [lb('lb1'), lb('lb2', fresh)]);
    expect(aboutBalancer(all)).toEqual(['lb1/retireBalancer']);
    expect(all.at(-1)).toBe('lb1/retireBalancer');
  });
});

describe('a frontend sends clients only to what every node serves already', () => {
  const listener = { type: 'tcp', port: 1883, name: 'one' };
  const specOf = (frontend: string, listeners: readonly object[]): ClusterSpec =>
    balanced({ frontends: [{ listener: frontend, port: 1883 }] }, { listeners });
  const refused = (recorded: ClusterSpec, spec: ClusterSpec, members = ['n1']): string[] =>
    unservedFrontends({ ...contextOf(world()), spec, recorded }, members);
  const world = () => ({
    cluster: new SimulatedCluster(hosts),
    record: recordOf([]),
    spec: specWith({ hosts, nodes: 3 }),
  });
  const before = specOf('one', [listener]);

  it.each([
    { name: 'moves to another port', after: specOf('one', [{ ...listener, port: 1884 }]) },
    { name: 'gets the PROXY protocol', after: specOf('one', [{ ...listener, proxyProtocol: true }]) },
    { name: 'is new', after: specOf('two', [listener, { ...listener, name: 'two', port: 1884 }]) },
  ])('so a listener that $name is refused, with the way to go', ({ after }) => {
    expect(refused(before, after)).toEqual([
      expect.stringMatching(/^the frontend on port 1883 would send clients .* deploy that listener beside the old one/),
    ]);
    expect(refused(before, after, [])).toEqual([]);
  });

  it('so one is added first, taken next, and the old one goes last', () => {
    const both = [listener, { ...listener, name: 'two', port: 1884 }] as const;
    expect(refused(before, specOf('one', both))).toEqual([]);
    expect(refused(specOf('one', both), specOf('two', both))).toEqual([]);
    expect(refused(specOf('two', both), specOf('two', [both[1]]))).toEqual([]);
  });
});
