import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, formatDuration, parseDuration, positiveDuration } from '../../../src/domain/spec/index.js';

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

describe('duration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['6m', 360_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('reads %s', (text, expected) => {
    expect(duration.parse(text)).toBe(expected);
  });

  it('is the amount times the unit, whatever both are', () => {
    const amount = fc.nat({ max: 3_650 });
    fc.assert(
      fc.property(amount, fc.constantFrom('ms', 's', 'm', 'h', 'd'), (count, unit) => {
        expect(duration.parse(`${count}${unit}`)).toBe(count * milliseconds[unit]);
      }),
    );
  });

  it('is written so that it is read as the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (value) => {
        expect(parseDuration(formatDuration(value))).toBe(value);
        expect(duration.parse(duration.encode(value))).toBe(value);
      }),
    );
    expect(formatDuration(90_000)).toBe('90s');
    expect(formatDuration(1_800_000)).toBe('30m');
  });

  it.each(['', '30', '-1s', '1.5h', '30 s', '30S', '1w', '1h30m', ' 30s', '30s\n', '9999999999s', 'PT30S'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
      expect(duration.safeParse(text).error?.issues[0]?.message).toMatch(/such as 250ms, 30s, 6m, 2h or 1d/);
    },
  );

  it('asks for the unit of a bare number', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(duration.safeParse(value).error?.issues[0]?.message).toMatch(/needs a unit: write -?\d+s/);
      }),
    );
  });

  it('refuses what is longer than ten years, and zero where nothing would be waited for', () => {
    expect(duration.safeParse('3651d').success).toBe(false);
    expect(duration.safeParse('3650d').success).toBe(true);
    expect(positiveDuration.safeParse('0ms').success).toBe(false);
    expect(positiveDuration.safeParse('1ms').success).toBe(true);
  });
});
