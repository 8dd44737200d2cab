import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/sandbox/stage/index.js';
import { socketKey } from '../../../src/sandbox/stage/socket-table.js';

describe('a timeline', () => {
  it('turns looks into intervals', () => {
    const timeline = new Timeline();
    timeline.observe('n1', true, 10);
    timeline.observe('n1', true, 20);
    timeline.observe('n1', false, 30);
    timeline.observe('n1', true, 40);
    expect(timeline.intervals()).toEqual([
      { host: 'n1', state: 'up', from: 10, to: 30 },
      { host: 'n1', state: 'down', from: 30, to: 40 },
      { host: 'n1', state: 'up', from: 40, to: undefined },
    ]);
  });

  it('counts hosts that are down one after the other as one at a time', () => {
    const timeline = new Timeline();
    for (const [host, from] of [
      ['n1', 10],
      ['n2', 20],
    ] as const) {
      timeline.observe(host, true, 0);
      timeline.observe(host, false, from);
      timeline.observe(host, true, from + 10);
    }
    expect(timeline.maxSimultaneouslyDown(['n1', 'n2'])).toBe(1);
    expect(timeline.maxSimultaneouslyDown(['n1', 'n2'], 25)).toBe(1);
    expect(timeline.maxSimultaneouslyDown(['n1', 'n2'], 30)).toBe(0);
    expect(timeline.maxSimultaneouslyDown(['n1'], 20)).toBe(0);
  });

  it('finds the largest overlap that looking at every moment finds', () => {
    const hosts = ['a', 'b', 'c', 'd'];
    const looks = fc.array(fc.record({ host: fc.constantFrom(...hosts), up: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(looks, fc.nat(60), fc.integer({ min: 1, max: 60 }), (observations, from, length) => {
        const timeline = new Timeline();
        const state = new Map<string, boolean>();
        let largest = 0;
        observations.forEach(({ host, up }, at) => {
          timeline.observe(host, up, at);
          state.set(host, up);
          const down = [...state.values()].filter((isUp) => !isUp).length;
          if (at >= from && at < from + length) largest = Math.max(largest, down);
        });
        const lastState = [...state.values()].filter((isUp) => !isUp).length;
        // After the last look its state holds on.
        if (from + length > observations.length) largest = Math.max(largest, lastState);
        expect(timeline.maxSimultaneouslyDown(hosts, from, from + length)).toBe(largest);
      }),
    );
  });
});

it('writes addresses as the kernel does', () => {
  expect(socketKey('127.0.0.1', 8080)).toBe('0100007F:1F90');
  expect(socketKey('127.77.3.11', 1883)).toBe('0B034D7F:075B');
});
