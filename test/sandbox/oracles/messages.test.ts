import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../../src/sandbox/fleet/index.js';
import { judgeMessages, judgeOutages } from '../../../src/sandbox/oracles/index.js';

const acknowledged = (seq: number, at: number, attempts = 1): FleetEvent => ({
  ...{ kind: 'acknowledged', at, sentAt: at - 5, attempts, from: 'a', to: 'b', seq },
});
const delivered = (seq: number, at: number, connection = 1, dup = false): FleetEvent => ({
  ...{ kind: 'delivered', at, from: 'a', to: 'b', seq, connection, dup },
});
const cut = (connection: number, at: number): FleetEvent => ({
  ...{ kind: 'disconnected', at, client: 'b', connection, reason: null },
});

describe('the message oracle', () => {
  it('finds nothing when all that was acknowledged arrived once', () => {
    const events = [acknowledged(1, 100), delivered(1, 101), delivered(2, 104), acknowledged(2, 105)];
    expect(judgeMessages({ events })).toMatchObject({ published: 2, delivered: 2, lost: 0, duplicated: 0 });
  });

  it('fails when one acknowledged message never arrived', () => {
    const verdict = judgeMessages({ events: [acknowledged(1, 100), acknowledged(2, 110), delivered(2, 111)] });
    expect(verdict).toMatchObject({ published: 2, delivered: 1, lost: 1, examples: ['a #1 -> b'] });
  });

  it('leaves out the declared disaster, and only that', () => {
    const events = [acknowledged(1, 1_000), acknowledged(2, 10_000), acknowledged(3, 30_000)];
    const verdict = judgeMessages({ events, disaster: { from: 9_000, to: 20_000 } });
    expect(verdict).toMatchObject({ lost: 2, lostInDisaster: 1, examples: ['a #1 -> b', 'a #3 -> b'] });
  });

  it('fails when a message arrives twice on one connection', () => {
    const events = [acknowledged(1, 100), delivered(1, 101), delivered(1, 102)];
    expect(judgeMessages({ events })).toMatchObject({ duplicated: 1, redelivered: 0 });
  });

  it('explains a repetition by DUP, by a cut receiver, and by a sender that had to send again', () => {
    const events = [
      ...[acknowledged(1, 100), delivered(1, 101), delivered(1, 102, 1, true)],
      ...[acknowledged(2, 200), delivered(2, 201), cut(1, 210), delivered(2, 220, 2)],
      ...[acknowledged(3, 300, 2), delivered(3, 290, 2), delivered(3, 301, 2)],
    ];
    expect(judgeMessages({ events })).toMatchObject({ duplicated: 0, redelivered: 3 });
  });

  it('does not take a cut long afterwards for an explanation', () => {
    const events = [acknowledged(1, 100), delivered(1, 101), cut(1, 60_000), delivered(1, 60_100, 2)];
    expect(judgeMessages({ events })).toMatchObject({ duplicated: 1 });
  });
});

describe('the outage oracle', () => {
  const back = (at: number): FleetEvent => ({
    kind: 'connected',
    at,
    client: 'b',
    connection: 2,
    sessionPresent: true,
  });

  it('tells the longest time without a connection', () => {
    expect(judgeOutages({ events: [cut(1, 1_000), back(1_400)], until: 9_000 })).toEqual({
      ...{ ms: 400, client: 'b', why: 'disconnected', from: 1_000 },
    });
  });

  it('counts who never came back until the end', () => {
    expect(judgeOutages({ events: [cut(1, 1_000)], until: 9_000 })).toMatchObject({ ms: 8_000 });
  });

  it('counts a message that waits for its acknowledgement', () => {
    const events: FleetEvent[] = [
      { kind: 'acknowledged', at: 5_000, sentAt: 2_000, attempts: 1, from: 'a', to: 'b', seq: 1 },
    ];
    expect(judgeOutages({ events, until: 9_000 })).toMatchObject({ ms: 3_000, client: 'a', why: 'unacknowledged' });
  });

  it('leaves out the part in the declared disaster', () => {
    const disaster = { from: 1_100, to: 4_000 };
    expect(judgeOutages({ events: [cut(1, 1_000), back(4_200)], until: 9_000, disaster })).toMatchObject({ ms: 200 });
  });
});
