import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/domain/plan/index.js';
import { type PlanContext, upgradePlan } from '../../../src/domain/planning/index.js';
import { contextOf } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4'];
const members = hosts.slice(0, 3);
const version = '4.31.0';

interface Given {
  readonly upgrade?: object;
  readonly spares?: boolean;
  readonly allowDecommission?: boolean;
  readonly surge?: string;
  readonly cpu?: Readonly<Record<string, number | null>>;
}

function contextFor({ upgrade = {}, spares = true, allowDecommission = true, surge, cpu }: Given = {}): PlanContext {
  const some = spares ? hosts : members;
  const cluster = new SimulatedCluster(some).settle(members, '4.30.0');
  const record = recordOf(members);
  const spec = specWith({ hosts: some, nodes: 3, allowDecommission, policy: { upgrade } });
  const membership = { ...record.membership, ...(surge !== undefined && { surge }) };
  const context = contextOf({ cluster, record: { ...record, membership }, spec });
  return { ...context, ...(cpu && { checkFacts: { ...context.checkFacts, cpu } }) };
}

const planned = (given: Given = {}) => upgradePlan(contextFor(given), version);
const joining = (given: Given): string | null => planned(given).surge.host;
const stepsWith = (kind: string, given: Given = {}) =>
  stepsOf(planned(given).root).filter((step) => step.kind === kind);

describe('the surge node of an upgrade', () => {
  it('is a spare where the policy requires one, and leaves uncordoned', () => {
    expect(joining({ upgrade: { surge: 'required' } })).toBe('n4');
    expect(stepsWith('retireNode', { upgrade: { surge: 'required' } })).toMatchObject([
      { node: 'n4', input: { cordon: false } },
    ]);
    const kinds = stepsOf(planned({ upgrade: { surge: 'required' } }).root).map(({ kind, node }) => `${kind} ${node}`);
    expect(kinds.indexOf('startNode n4')).toBeLessThan(kinds.indexOf('stopNode n1'));
    expect(kinds.indexOf('stopNode n4')).toBeGreaterThan(kinds.indexOf('startNode n3'));
  });

  it.each([
    ['there is no spare', { spares: false }, 'no spare host is there'],
    ['none may leave again', { allowDecommission: false }, 'allowDecommission'],
  ])('is refused where one is required and %s', (_, given, why) => {
    expect(() => planned({ upgrade: { surge: 'required' }, ...given })).toThrow(why);
  });

  it.each([
    ['a quiet cluster', { n1: 20, n2: 60, n3: 0 }, null],
    ['a busy one', { n1: 20, n2: 61, n3: 0 }, 'n4'],
    ['one of which nobody knows', { n1: null, n2: null, n3: null }, null],
  ])('joins %s by `auto` only where the others are busy', (_, cpu, host) => {
    expect(joining({ upgrade: { surge: 'auto' }, cpu })).toBe(host);
  });

  it('is missed aloud where the others are busy and there is none', () => {
    const { surge } = planned({ upgrade: { surge: 'auto' }, cpu: { n2: 90 }, spares: false });
    expect(surge).toMatchObject({ host: null, warnings: [expect.stringContaining('no spare host') as string] });
  });

  it('is none by `never`, and one that was never begun is forgotten', () => {
    expect(joining({ upgrade: { surge: 'never' }, cpu: { n2: 90 } })).toBeNull();
    expect(joining({ upgrade: { surge: 'never' }, surge: 'n4' })).toBeNull();
  });
});

describe('the canaries of an upgrade', () => {
  const order = (canary: number, more: object = {}): string[] =>
    stepsOf(planned({ upgrade: { canary, ...more } }).root).flatMap(({ kind, node }) =>
      kind === 'soakNode' ? [`soak ${node}`] : kind === 'startNode' ? [String(node)] : [],
    );

  it.each([
    [0, ['n1', 'n2', 'n3']],
    [1, ['n1', 'soak n1', 'n2', 'n3']],
    [2, ['n1', 'n2', 'soak n1', 'soak n2', 'n3']],
    [9, ['n1', 'n2', 'soak n1', 'soak n2', 'n3']],
  ])('are %d nodes, watched before the others follow, the last one never', (canary, wanted) => {
    expect(order(canary)).toEqual(wanted);
  });

  it('are none where the soak takes no time', () => {
    expect(order(1, { soak: '0s' })).toEqual(['n1', 'n2', 'n3']);
  });

  it('go back to the version that they had, the last node to none', () => {
    expect(stepsWith('startNode').map(({ input }) => input['back'])).toEqual(['4.30.0', '4.30.0', undefined]);
    expect(stepsWith('soakNode')).toMatchObject([{ input: { back: '4.30.0', soak: 30_000 } }]);
    const never = { upgrade: { rollback: 'never' } };
    expect(
      [...stepsWith('startNode', never), ...stepsWith('soakNode', never)].map(({ input }) => input['back']),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the point of no return', () => {
  const words = 'after this no member runs 4.30.0: the upgrade cannot be taken back';

  it('is announced at the stop of the last node, and in the plan', () => {
    expect(stepsWith('stopNode').map(({ title }) => title.includes(words))).toEqual([false, false, true]);
    expect(planned().warnings).toContain(`n3 is the last node to stop: ${words}`);
  });
});
