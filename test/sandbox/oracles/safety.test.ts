import { describe, expect, it } from 'vitest';
import {
  type Journals,
  judgeAvailability,
  judgeOneOperation,
  judgeRecoveryStarts,
  judgeSynchronized,
} from '../../../src/sandbox/oracles/index.js';

const always = ['n1', 'n2', 'n3'].map((node) => ({ node, from: 0, to: 100_000 }));
const line = (event: string, second: number) => ({ at: new Date(second * 1000).toISOString(), event });
const journals = (lines: Record<string, [string, number][]>): Journals =>
  new Map(Object.entries(lines).map(([node, all]) => [node, all.map(([event, second]) => line(event, second))]));

describe('max-unavailable', () => {
  it('allows one node at a time', () => {
    const down = [
      { node: 'n1', from: 1_000, to: 2_000 },
      { node: 'n2', from: 2_000, to: 3_000 },
    ];
    expect(judgeAvailability({ members: always, down })).toEqual([]);
  });

  it('fails when two members are down at the same time', () => {
    const down = [
      { node: 'n1', from: 1_000, to: 2_000 },
      { node: 'n2', from: 1_900, to: 3_000 },
    ];
    const found = judgeAvailability({ members: always, down });
    expect(found).toMatchObject([{ rule: 'max-unavailable', nodes: ['n1', 'n2'], at: new Date(1_900).toISOString() }]);
  });

  it('does not count who is no member, nor the declared disaster', () => {
    const down = [
      { node: 'n1', from: 1_000, to: 2_000 },
      { node: 'n2', from: 1_900, to: 3_000 },
    ];
    const members = always.map((member) => (member.node === 'n2' ? { ...member, to: 1_500 } : member));
    expect(judgeAvailability({ members, down })).toEqual([]);
    expect(judgeAvailability({ members: always, down, disaster: { from: 900, to: 3_500 } })).toEqual([]);
  });

  it('fails when two members are still down after the recovery', () => {
    const down = ['n1', 'n2'].map((node) => ({ node, from: 1_000, to: 50_000 }));
    const found = judgeAvailability({ members: always, down, disaster: { from: 900, to: 3_500 } });
    expect(found).toMatchObject([{ rule: 'max-unavailable', nodes: ['n1', 'n2'] }]);
  });
});

describe('one-operation', () => {
  it('holds when nodes come and go one after the other', () => {
    const calm = journals({
      n1: [
        ['stop-requested', 1],
        ['stopped', 2],
        ['start', 3],
        ['ready', 4],
      ],
      n2: [
        ['stop-requested', 5],
        ['stopped', 6],
      ],
    });
    expect(judgeOneOperation({ journals: calm })).toEqual([]);
  });

  it('fails when one node is stopped while another one starts', () => {
    const found = judgeOneOperation({
      journals: journals({
        n1: [
          ['start', 1],
          ['ready', 5],
        ],
        n2: [
          ['stop-requested', 3],
          ['stopped', 4],
        ],
      }),
    });
    expect(found).toMatchObject([{ rule: 'one-operation', nodes: ['n1', 'n2'] }]);
  });

  it('exempts what is declared, as a first deployment', () => {
    const together = journals({
      n1: [
        ['start', 1],
        ['ready', 5],
      ],
      n2: [
        ['start', 2],
        ['ready', 5],
      ],
    });
    expect(judgeOneOperation({ journals: together, exempt: [{ from: 0, to: 10_000 }] })).toEqual([]);
    expect(judgeOneOperation({ journals: together })).toHaveLength(1);
  });
});

describe('synchronized', () => {
  it('holds when the join is finished before the stop', () => {
    const calm = journals({
      n1: [
        ['start', 1],
        ['ready', 2],
      ],
      n2: [
        ['stop-requested', 3],
        ['stopped', 4],
      ],
    });
    expect(judgeSynchronized({ journals: calm })).toEqual([]);
  });

  it('fails when a node is stopped while another one joins', () => {
    const found = judgeSynchronized({
      journals: journals({
        n1: [['start', 1]],
        n2: [
          ['stop-requested', 3],
          ['stopped', 4],
        ],
      }),
    });
    expect(found).toMatchObject([{ rule: 'synchronized', nodes: ['n2', 'n1'] }]);
  });
});

describe('single-recovery-start', () => {
  const stopped: [string, number][] = [['stopped', 1]];

  it('allows the node that was stopped last', () => {
    const fine = journals({
      n1: stopped,
      n2: [
        ['stopped', 2],
        ['recovery-start', 3],
      ],
      n3: [['start', 4]],
    });
    expect(judgeRecoveryStarts({ journals: fine })).toEqual([]);
  });

  it('fails for another node', () => {
    const found = judgeRecoveryStarts({
      journals: journals({ n1: [...stopped, ['recovery-start', 3]], n2: [['stopped', 2]] }),
    });
    expect(found).toMatchObject([{ rule: 'single-recovery-start', nodes: ['n1'] }]);
  });

  it('fails for a second node', () => {
    const found = judgeRecoveryStarts({
      journals: journals({
        n1: [...stopped, ['recovery-start', 4]],
        n2: [
          ['stopped', 2],
          ['recovery-start', 3],
        ],
      }),
    });
    expect(found).toMatchObject([{ rule: 'single-recovery-start', nodes: ['n2', 'n1'] }]);
  });
});
