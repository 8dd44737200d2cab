import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../src/sandbox/broker/cluster/placement.js';
import { replicaCountOf } from '../../../src/sandbox/broker/cluster/view.js';

const nodes = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9]{5}$/), { minLength: 1, maxLength: 12 });
const key = fc.string();
const count = fc.integer({ min: 1, max: 5 });

describe('placement', () => {
  it('names exactly as many different members as replicas are possible', () => {
    fc.assert(
      fc.property(nodes, key, count, (members, item, replicas) => {
        const owners = ownersOf(item, members, replicas);
        expect(new Set(owners).size).toBe(Math.min(replicas, members.length));
        expect(owners.every((owner) => members.includes(owner))).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the members', () => {
    fc.assert(
      fc.property(nodes, key, count, (members, item, replicas) => {
        expect(ownersOf(item, [...members].reverse(), replicas)).toEqual(ownersOf(item, members, replicas));
      }),
    );
  });

  it('moves only what a new member gains', () => {
    fc.assert(
      fc.property(nodes, key, count, (members, item, replicas) => {
        const before = ownersOf(item, members, replicas);
        const after = ownersOf(item, [...members, 'newcomer'], replicas);
        expect(after.filter((owner) => owner !== 'newcomer').every((owner) => before.includes(owner))).toBe(true);
      }),
    );
  });

  it('gives what a lost member held to one other, and leaves the rest where it is', () => {
    fc.assert(
      fc.property(nodes, key, count, (members, item, replicas) => {
        const before = ownersOf(item, members, replicas);
        const after = ownersOf(item, members.slice(1), replicas);
        for (const owner of before) if (owner !== members[0]) expect(after).toContain(owner);
        if (!before.includes(members[0]!)) expect(after).toEqual(before);
      }),
    );
  });

  it('spreads items over all members', () => {
    const members = ['aaaaa', 'bbbbb', 'ccccc', 'ddddd'];
    const held = new Map(members.map((member) => [member, 0]));
    for (let index = 0; index < 4000; index += 1) {
      for (const owner of ownersOf(`session client-${index}`, members, 2)) held.set(owner, held.get(owner)! + 1);
    }
    for (const share of held.values()) expect(Math.abs(share - 2000)).toBeLessThan(250);
  });

  it('takes the lowest replica count that a member is configured with, at most the number of members', () => {
    const member = (id: string, replicaCount: number) => ({
      id,
      host: '127.0.0.1',
      port: 1,
      version: '4.30.0',
      replicaCount,
    });
    expect(replicaCountOf([member('a', 3), member('b', 2), member('c', 3)])).toBe(2);
    expect(replicaCountOf([member('a', 3)])).toBe(1);
  });
});
