import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf, type MemberView } from '../../../../src/domain/products/hivemq/membership.js';
import { containing } from './support/matchers.js';

function members(count: number): MemberView[] {
  const ids = Array.from({ length: count }, (_, index) => `id${index}`);
  return ids.map((nodeId, index) => ({
    name: `n${index + 1}`,
    view: { nodeId, nodeState: 'RUNNING', members: ids, leaveReplicationInProgress: false },
  }));
}

function changed(
  all: readonly MemberView[],
  index: number,
  change: Partial<NonNullable<MemberView['view']>>,
): MemberView[] {
  return all.map((one, at) => (at === index && one.view ? { ...one, view: { ...one.view, ...change } } : one));
}

const where = fc
  .integer({ min: 2, max: 6 })
  .chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1), fc.nat(count - 1)));

describe('the agreement of members', () => {
  it('holds when all see exactly each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
        expect(agreementOf(members(count)).agreed).toBe(true);
      }),
    );
  });

  it('fails for anything less or more, and says where', () => {
    fc.assert(
      fc.property(where, ([count, index, other]) => {
        const all = members(count);
        const ids = all[index]?.view?.members ?? [];
        const broken = [
          changed(all, index, { members: ids.filter((id) => id !== `id${other}`) }),
          changed(all, index, { members: [...ids, 'stranger'] }),
          changed(all, index, { nodeState: 'JOINING' }),
          changed(all, index, { leaveReplicationInProgress: true }),
          all.map((one, at) => (at === index ? { ...one, view: null } : one)),
        ];
        for (const views of broken) {
          expect(agreementOf(views)).toMatchObject({
            agreed: false,
            waitingFor: containing(`n${index + 1}: `),
          });
        }
      }),
    );
  });

  it('lets brokers on hosts that cannot be asked be members, as many as there are, seen alike by all', () => {
    const ids = ['id0', 'id1', 'unknown'];
    const all = members(2).map((one) => (one.view ? { ...one, view: { ...one.view, members: ids } } : one));
    expect(agreementOf(all, 1).agreed).toBe(true);
    expect(agreementOf(all, 0).agreed).toBe(false);
    expect(agreementOf(changed(all, 1, { members: ['id0', 'id1'] }), 1).agreed).toBe(false);
  });

  it('tells how far a join has come', () => {
    const all = changed(members(3), 2, { members: ['id1', 'id2'] });
    expect(agreementOf(all)).toEqual({ agreed: false, waitingFor: 'n3: waiting for cluster join, member list 2 of 3' });
  });
});
