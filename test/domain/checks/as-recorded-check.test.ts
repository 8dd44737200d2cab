import { describe, expect, it } from 'vitest';
import { asRecordedCheck, evaluateCheck } from '../../../src/domain/checks/index.js';

const evaluate = (drift: Readonly<Record<string, string[]>>) =>
  evaluateCheck(
    asRecordedCheck,
    { nodes: Object.entries(drift).map(([host, clauses]) => ({ host, drift: clauses })) },
    [],
  );

describe('as-recorded', () => {
  it('holds while nothing differs', () => {
    expect(evaluate({ n1: [], n2: [] })).toEqual([
      { check: 'as-recorded', status: 'holds', reason: '2 nodes are as recorded' },
    ]);
  });

  it('fails once for each node that differs, with all that does', () => {
    const found = evaluate({ n1: [], n2: ['license/a.lic: removed by hand', 'extensions/b: missing'], n3: ['x: y'] });
    expect(found).toMatchObject([
      {
        check: 'as-recorded',
        node: 'n2',
        status: 'fails',
        reason: 'license/a.lic: removed by hand; extensions/b: missing',
      },
      { node: 'n3', status: 'fails', reason: 'x: y' },
    ]);
    expect(found[0]?.remedy).toContain('hivekeeper plan');
  });
});
