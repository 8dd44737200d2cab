import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../../src/sandbox/fleet/index.js';
import { findDrains, judgeDrain } from '../../../src/sandbox/oracles/index.js';

/** Four clients on n2, cut at these times, each on its new node 100 ms later. */
function drained(times: readonly number[], to = 'n1'): FleetEvent[] {
  const clients = times.map((_, index) => `c${index}`);
  const before = clients.flatMap((client): FleetEvent[] => [
    { kind: 'connected', at: 0, client, connection: 1, sessionPresent: false },
    { kind: 'placed', at: 10, client, connection: 1, node: 'n2' },
  ]);
  const moved = clients.flatMap((client, index): FleetEvent[] => {
    const at = times[index] ?? 0;
    return [
      { kind: 'disconnected', at, client, connection: 1, reason: 0x98 },
      { kind: 'connected', at: at + 90, client, connection: 2, sessionPresent: true },
      { kind: 'placed', at: at + 100, client, connection: 2, node: to },
    ];
  });
  return [...before, ...moved].sort((one, other) => one.at - other.at);
}

const drain = { node: 'n2', from: 1_000, to: 5_000 };
const counts = [4, 3, 2, 1, 0].map((clients, index) => ({ node: 'n2', at: 1_000 + index * 500, clients }));
const calm = drained([1_100, 1_600, 2_100, 2_600]);
const rules = (evidence: Partial<Parameters<typeof judgeDrain>[0]>): string[] =>
  judgeDrain({ drain, pace: 2, counts, events: calm, ...evidence }).violations.map(({ rule }) => rule);

describe('the drain oracle', () => {
  it('finds nothing wrong in a calm drain', () => {
    expect(judgeDrain({ drain, pace: 2, counts, events: calm })).toEqual({
      node: 'n2',
      clients: 4,
      seconds: 1.5,
      violations: [],
    });
  });

  it('fails when clients are left at the stop', () => {
    expect(rules({ counts: counts.slice(0, 4) })).toEqual(['drained']);
  });

  it('fails when nobody saw it', () => {
    expect(rules({ counts: [] })).toEqual(['drained']);
  });

  it('fails when all are cut at once', () => {
    expect(rules({ events: drained([1_100, 1_101, 1_102, 1_103, 1_104]) })).toEqual(['drain-pace']);
  });

  it('fails when it dawdles', () => {
    expect(rules({ drain: { ...drain, to: 90_000 }, events: drained([1_100, 2_000, 3_000, 60_000]) })).toEqual([
      'drain-pace',
    ]);
  });

  it('fails when a client is cut twice', () => {
    const again: FleetEvent = { kind: 'disconnected', at: 2_900, client: 'c0', connection: 2, reason: null };
    expect(rules({ events: [...calm, again] })).toEqual(['drain-cut-twice']);
  });

  it('fails when a client comes back to the node', () => {
    expect(rules({ events: drained([1_100], 'n2') })).toEqual(['drain-return']);
  });

  it('fails when a will is published', () => {
    expect(rules({ events: [...calm, { kind: 'will', at: 1_200, client: 'c0' }] })).toEqual(['drain-will']);
  });
});

describe('findDrains', () => {
  it('reads the gate’s closing and the stop from the journals', () => {
    const at = (second: number): string => new Date(second * 1000).toISOString();
    const journals = new Map([
      [
        'lb1',
        [
          { at: at(1), event: 'gate-disable', host: 'n2' },
          { at: at(7), event: 'gate-disable', host: 'n1' },
        ],
      ],
      [
        'n2',
        [
          { at: at(0), event: 'ready' },
          { at: at(3), event: 'stop-requested' },
        ],
      ],
      ['n1', [{ at: at(2), event: 'stop-requested' }]],
    ]);
    expect(findDrains(journals)).toEqual([{ node: 'n2', from: 1_000, to: 3_000 }]);
  });
});
