import { describe, expect, it } from 'vitest';
import { clientsAwaited } from '../../../../src/domain/observation/index.js';
import {
  drainRateOf,
  policyRates,
  setDrainRateSchema,
  withDrainRate,
} from '../../../../src/domain/operations/drain-rate.js';
import { MovedClients } from '../../../../src/domain/products/hivemq/clients-moved.js';
import { DrainGoal } from '../../../../src/domain/products/hivemq/drain-goal.js';

describe('what a drain says of itself', () => {
  it('is what was moved, what is left by the share seen so far, the pace and the time', () => {
    const goal = new DrainGoal('n2');
    expect(goal.line(0, 100)).toBe('n2: 0 clients moved, 100 a second');
    goal.known = 3600;
    goal.begin();
    for (let index = 0; index < 1020; index++) goal.look(index % 3 === 0);
    expect(goal.line(340, 100)).toBe('n2: 340 of about 1200 clients moved, 860 left, 100 a second, about 9 s left');
    for (let index = 1020; index < 3600; index++) goal.look(index % 3 === 0);
    expect(goal.line(340, 5)).toBe('n2: 340 of 1200 clients moved, 860 left, 5 a second, about 3 min left');
  });
});

describe('the pace that an operation is told', () => {
  it('holds for one node, or for all, those included that had their own', () => {
    const one = withDrainRate(policyRates, { clientsPerSecond: 50, node: 'n2' });
    expect([drainRateOf(one, 'n2'), drainRateOf(one, 'n1'), drainRateOf(one, 'toString')]).toEqual([50, null, null]);
    const all = withDrainRate(one, { clientsPerSecond: 500 });
    expect([drainRateOf(all, 'n2'), drainRateOf(all, 'n1')]).toEqual([500, 500]);
  });

  it('has the bounds of the policy', () => {
    const ok = (clientsPerSecond: unknown): boolean => setDrainRateSchema.safeParse({ clientsPerSecond }).success;
    expect([ok(0), ok(1), ok(1.5), ok(100_000), ok(100_001), ok('5')]).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
  });
});

describe('clients that are remembered', () => {
  it('are the last ones, so that memory has a bound; the count goes on', () => {
    const moved = new MovedClients();
    for (let index = 0; index < 30_000; index++) moved.add(`${index}`, index, null);
    expect(moved.count).toBe(30_000);
    expect(moved.sight('0', { connectedAt: null, seenAt: 30_000 })).toBe('new');
    expect(moved.sight('29999', { connectedAt: null, seenAt: 30_000 })).toBe('back');
    expect(moved.since(0, 50)).toHaveLength(50);
  });
});

describe('clients that are awaited after a stop', () => {
  it('are all but a twentieth, one at least, on top of those that the others had', () => {
    expect(clientsAwaited({ node: 100, others: 50 }, 144)).toBe('94 of 100 clients seen elsewhere, 1 more are awaited');
    expect(clientsAwaited({ node: 100, others: 50 }, 145)).toBeNull();
    expect(clientsAwaited({ node: 2, others: 0 }, 0)).toBe('0 of 2 clients seen elsewhere, 1 more are awaited');
    expect(clientsAwaited({ node: 0, others: 7 }, 7)).toBeNull();
  });
});
