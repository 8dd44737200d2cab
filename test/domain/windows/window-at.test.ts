import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpeningTimes, type RecurringWindow, windowAt, windowTime } from '../../../src/domain/windows/index.js';

const minute = 60_000;
const hour = 60 * minute;

const window = (cron: string, duration: number, timeZone = 'UTC'): RecurringWindow => ({ cron, timeZone, duration });
const at = (windows: readonly RecurringWindow[], iso: string) => windowAt(windows, new Date(iso));

describe('a maintenance window', () => {
  const saturday = [window('0 2 * * SAT', 4 * hour, 'Europe/Berlin')];

  it('is open from the moment of its opening until just before its end', () => {
    expect(at(saturday, '2026-11-28T00:59:59.999Z')).toEqual({
      open: false,
      until: null,
      next: '2026-11-28T01:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    expect(at(saturday, '2026-11-28T01:00:00.000Z')).toEqual({
      open: true,
      until: '2026-11-28T05:00:00.000Z',
      next: '2026-12-05T01:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    expect(at(saturday, '2026-11-28T04:59:59.999Z').open).toBe(true);
    expect(at(saturday, '2026-11-28T05:00:00.000Z').open).toBe(false);
  });

  it('spans midnight and the turn of the year', () => {
    const late = [window('0 22 31 12 *', 5 * hour)];
    expect(at(late, '2027-01-01T02:59:00Z').open).toBe(true);
    expect(at(late, '2027-01-01T03:00:00Z').open).toBe(false);
  });

  it('is open where any of several is, until the last of them closes', () => {
    const overlapping = [window('0 1 * * *', 2 * hour), window('0 2 * * *', 2 * hour)];
    expect(at(overlapping, '2026-05-05T02:30:00Z')).toMatchObject({ open: true, until: '2026-05-05T04:00:00.000Z' });
    expect(at(overlapping, '2026-05-05T03:30:00Z').open).toBe(true);
    expect(at(overlapping, '2026-05-05T04:00:00Z')).toMatchObject({ open: false, next: '2026-05-06T01:00:00.000Z' });
  });

  it('opens after the missing hour where summer time begins, and stays open as long as ever', () => {
    const night = [window('30 2 * * *', hour, 'Europe/Berlin')];
    expect(at(night, '2026-03-29T00:59:00Z')).toMatchObject({ open: false, next: '2026-03-29T01:00:00.000Z' });
    expect(at(night, '2026-03-29T01:00:00Z')).toMatchObject({ open: true, until: '2026-03-29T02:00:00.000Z' });
    expect(at(night, '2026-03-29T02:00:00Z')).toMatchObject({ open: false, next: '2026-03-30T00:30:00.000Z' });
  });

  it('opens once where the hour is repeated at the end of summer time', () => {
    const night = [window('30 2 * * *', 45 * minute, 'Europe/Berlin')];
    expect(at(night, '2026-10-25T00:30:00Z').open).toBe(true);
    // 02:30 again, an hour later.
    expect(at(night, '2026-10-25T01:30:00Z')).toMatchObject({ open: false, next: '2026-10-26T01:30:00.000Z' });
  });

  it('lasts for its duration across a change of the clocks', () => {
    const long = [window('0 0 * * SUN', 4 * hour, 'Europe/Berlin')];
    expect(at(long, '2026-10-24T22:00:00Z')).toMatchObject({ open: true, until: '2026-10-25T02:00:00.000Z' });
    expect(at(long, '2026-10-25T01:59:00Z').open).toBe(true);
    expect(at(long, '2026-10-25T02:00:00Z').open).toBe(false);
  });

  it('is told in the clocks of its zone', () => {
    expect(windowTime('2026-11-28T01:00:00.000Z', 'Europe/Berlin')).toBe('Sat 2026-11-28 02:00 Europe/Berlin');
    expect(windowTime('2026-06-30T23:05:00.000Z', 'UTC')).toBe('Tue 2026-06-30 23:05 UTC');
  });

  it('never opens where there is none', () => {
    expect(windowAt([], new Date())).toEqual({ open: false, until: null, next: null, timeZone: null });
  });
});

describe('any windows at any time', () => {
  const anyWindow = fc.record({
    cron: fc
      .tuple(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('*', '1', 'MON-FRI', '0,6'),
      )
      .map(([m, h, day]) => `${m} ${h} * * ${day}`),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
    duration: fc.integer({ min: 1, max: 20 * 60 }).map((minutes) => minutes * minute),
  });
  const anyTime = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });

  /** Openings one by one from more than a week before, without asking for the last one. */
  const openings = (one: RecurringWindow, around: Date): Date[] => {
    const times = new OpeningTimes(one);
    const found: Date[] = [];
    for (
      let next = times.after(new Date(around.getTime() - 9 * 24 * hour));
      next !== null && next.getTime() < around.getTime() + 9 * 24 * hour;
      next = times.after(next)
    )
      found.push(next);
    return found;
  };

  it('are open if and only if an opening covers the moment, and the next one is the first after it', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 3 }), anyTime, (windows, now) => {
        const all = windows.flatMap((one) =>
          openings(one, now).map((opens) => ({ from: opens.getTime(), to: opens.getTime() + one.duration })),
        );
        const covering = all.filter(({ from, to }) => from <= now.getTime() && now.getTime() < to);
        const later = all.map(({ from }) => from).filter((from) => from > now.getTime());
        const state = windowAt(windows, now);
        expect(state.open).toBe(covering.length > 0);
        expect(state.until === null ? null : Date.parse(state.until)).toBe(
          covering.length > 0 ? Math.max(...covering.map(({ to }) => to)) : null,
        );
        expect(state.next === null ? null : Date.parse(state.next)).toBe(Math.min(...later));
      }),
      { numRuns: 60 },
    );
  });

  it('says of each opening that it is open then, and of the moment before that it is the next', () => {
    fc.assert(
      fc.property(anyWindow, anyTime, (one, now) => {
        const { next } = windowAt([one], now);
        if (next === null) throw new Error('it opens at least once a week');
        const opens = new Date(next);
        expect(windowAt([one], opens).open).toBe(true);
        expect(windowAt([one], new Date(opens.getTime() - 1)).next).toBe(next);
      }),
      { numRuns: 60 },
    );
  });
});
