import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importUnit, mergeRetained, mergeUnits } from '../../../src/sandbox/wire/merge.js';
import type { Queued, Retained, Session, Unit } from '../../../src/sandbox/wire/records.js';

const created = 1000;

function session(version: number, more: Partial<Session> = {}): Session {
  return {
    clientId: 'c',
    expiry: 100,
    createdAt: created,
    version,
    subscriptions: [],
    connectedTo: undefined,
    connection: undefined,
    disconnectedAt: undefined,
    deleted: false,
    ...more,
  };
}

function queued(id: number): Queued {
  return {
    id: `m${id}`,
    topic: 't',
    payload: '',
    qos: 1,
    retain: false,
    seq: created * 1000 + id,
    fingerprint: `${id}`,
    subscriptionIds: [],
    expiresAt: undefined,
    properties: undefined,
    release: undefined,
  };
}

const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 10 });
const unit: fc.Arbitrary<Unit> = fc
  .record({ version: fc.nat(), queue: numbers, delivered: numbers })
  .map(({ version, queue, delivered }) => ({
    session: session(version),
    queue: queue
      .filter((id) => !delivered.includes(id))
      .sort((a, b) => a - b)
      .map(queued),
    delivered: delivered.map((id) => `m${id}`),
  }));

describe('two copies of a session', () => {
  it('become one that has every message that neither delivered, in order, once', () => {
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const merged = mergeUnits(a, b);
        const delivered = new Set([...a.delivered, ...b.delivered]);
        const wanted = [...new Set([...a.queue, ...b.queue].map((m) => m.id))].filter((id) => !delivered.has(id));
        expect(merged.queue.map((m) => m.id).sort()).toEqual(wanted.sort());
        expect(merged.queue.map((m) => m.seq)).toEqual(merged.queue.map((m) => m.seq).sort((x, y) => x - y));
        expect(merged.session.version).toBe(Math.max(a.session.version, b.session.version));
      }),
    );
  });

  it('do not depend on who merges whom, and merging again changes nothing', () => {
    const ids = (one: Unit) => one.queue.map((m) => m.id);
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        expect(ids(mergeUnits(a, b))).toEqual(ids(mergeUnits(b, a)));
        const merged = mergeUnits(a, b);
        expect(mergeUnits(merged, b)).toEqual(merged);
      }),
    );
  });

  it('a session that began where the earlier one was hidden goes on with its queue and subscriptions', () => {
    const one = { filter: 'a', qos: 1, nl: false, rap: false, rh: 0, id: undefined };
    const old: Unit = {
      session: session(1, { subscriptions: [one, { ...one, filter: 'b' }] }),
      queue: [queued(1), queued(2)],
      delivered: [],
    };
    const begun: Unit = {
      session: session(5, { createdAt: 0, subscriptions: [{ ...one, qos: 2 }] }),
      queue: [queued(3)],
      delivered: ['m1'],
    };
    for (const merged of [mergeUnits(old, begun), mergeUnits(begun, old)]) {
      expect(merged.queue.map((m) => m.id)).toEqual(['m2', 'm3']);
      expect(merged.session).toMatchObject({ version: 5, createdAt: created });
      expect(merged.session.subscriptions.map(({ filter, qos }) => `${filter} ${qos}`)).toEqual(['a 2', 'b 1']);
    }
    const deleted: Unit = { session: session(4, { deleted: true }), queue: [], delivered: [] };
    expect(mergeUnits(deleted, begun).queue.map((m) => m.id)).toEqual(['m3']);
  });

  it('a deletion that is newer wins, and a clean start drops what was queued before it', () => {
    const old: Unit = { session: session(1), queue: [queued(1)], delivered: [] };
    const deleted: Unit = { session: session(2, { deleted: true }), queue: [], delivered: [] };
    expect(mergeUnits(old, deleted)).toEqual({ session: deleted.session, queue: [], delivered: [] });
    const restarted: Unit = { session: session(3, { createdAt: created + 1 }), queue: [], delivered: [] };
    expect(mergeUnits(old, restarted).queue).toEqual([]);
  });
});

describe('a live import', () => {
  it('adds what is missing and keeps the live connection', () => {
    const one = { filter: 'a', qos: 1, nl: false, rap: false, rh: 0, id: undefined };
    const live: Unit = {
      session: session(50, { connectedTo: 'node', connection: 'x', subscriptions: [{ ...one, qos: 2 }] }),
      queue: [queued(1)],
      delivered: ['m2'],
    };
    const old: Unit = {
      session: session(10, { subscriptions: [one, { ...one, filter: 'b' }] }),
      queue: [1, 2, 3].map(queued),
      delivered: [],
    };
    const result = importUnit(live, old, 60);
    expect(result.queue.map((m) => m.id)).toEqual(['m1', 'm3']);
    expect(result.session).toMatchObject({ connectedTo: 'node', version: 60 });
    expect(result.session.subscriptions.map(({ filter, qos }) => `${filter} ${qos}`)).toEqual(['a 2', 'b 1']);
  });

  it('brings a deleted session back', () => {
    const live: Unit = { session: session(100, { deleted: true }), queue: [], delivered: [] };
    const old: Unit = { session: session(10), queue: [queued(1)], delivered: [] };
    expect(importUnit(live, old, 60)).toMatchObject({
      session: { deleted: false, version: 101 },
      queue: [{ id: 'm1' }],
    });
  });
});

it('of two retained messages the newer wins, whoever asks', () => {
  const item = (version: number, id: string): Retained => ({
    topic: 't',
    id,
    payload: '',
    qos: 0,
    version,
    deleted: false,
    expiresAt: undefined,
    properties: undefined,
  });
  expect(mergeRetained(item(1, 'a'), item(2, 'b')).id).toBe('b');
  expect(mergeRetained(item(2, 'b'), item(1, 'a')).id).toBe('b');
  expect(mergeRetained(item(1, 'a'), item(1, 'b'))).toEqual(mergeRetained(item(1, 'b'), item(1, 'a')));
});
