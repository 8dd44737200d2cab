import { describe, expect, it } from 'vitest';
import { StallWatch } from '../../src/activities/stall-watch.js';

const minute = 60_000;

/** A watch with a clock that a test moves. */
function watched(after = 5 * minute) {
  const clock = { now: 1_000 };
  const watch = new StallWatch('begun', after, () => clock.now);
  return { clock, watch };
}

describe('a watch over what a step reports', () => {
  it('tells a line that has not changed for long enough, once, and since when', () => {
    const { clock, watch } = watched();
    clock.now += 30_000;
    expect(watch.look('n2: 34 clients left', false)).toBeNull();
    clock.now += 5 * minute - 1;
    expect(watch.look('n2: 34 clients left', false)).toBeNull();
    clock.now += 1;
    const stall = { line: 'n2: 34 clients left', since: 31_000 };
    expect(watch.look('n2: 34 clients left', false)).toEqual({ kind: 'stalled', stall });
    expect(watch.stall).toEqual(stall);
    clock.now += 60 * minute;
    expect(watch.look('n2: 34 clients left', false)).toBeNull();
  });

  it('tells that it goes on, and begins anew', () => {
    const { clock, watch } = watched();
    clock.now += 5 * minute;
    expect(watch.look('begun', false)).toMatchObject({ kind: 'stalled' });
    clock.now += 1;
    expect(watch.look('n2: 33 clients left', false)).toEqual({
      kind: 'resumed',
      stall: { line: 'begun', since: 1_000 },
    });
    expect(watch.stall).toBeNull();
    clock.now += 5 * minute;
    expect(watch.look('n2: 33 clients left', false)).toMatchObject({ kind: 'stalled' });
  });

  it('says nothing while the line moves, however long it takes', () => {
    const { clock, watch } = watched();
    for (let left = 100; left > 0; left--) {
      clock.now += 4 * minute;
      expect(watch.look(`n2: ${left} clients left`, false)).toBeNull();
    }
  });

  it('says nothing of a wait that was told, and counts from its end', () => {
    const { clock, watch } = watched();
    clock.now += 600 * minute;
    expect(watch.look('check headroom: busy', true)).toBeNull();
    clock.now += 600 * minute;
    expect(watch.look('check headroom: busy', true)).toBeNull();
    clock.now += 5 * minute - 1;
    expect(watch.look('check headroom: busy', false)).toBeNull();
    clock.now += 1;
    expect(watch.look('check headroom: busy', false)).toMatchObject({ kind: 'stalled' });
  });
});
