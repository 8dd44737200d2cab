import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize, size } from '../../../src/domain/spec/index.js';

describe('size', () => {
  it.each([
    ['1B', 1],
    ['1KiB', 1024],
    ['256MiB', 268_435_456],
    ['2GiB', 2_147_483_648],
    ['1TiB', 1_099_511_627_776],
  ])('reads %s', (text, expected) => {
    expect(size.parse(text)).toBe(expected);
  });

  it('takes a bare number as bytes', () => {
    expect(size.parse(4096)).toBe(4096);
  });

  it('is written so that it is read as the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), fc.constantFrom(1, 1024, 1024 ** 2), (count, unit) => {
        const bytes = count * unit;
        expect(parseSize(formatSize(bytes))).toBe(bytes);
        expect(size.parse(size.encode(bytes))).toBe(bytes);
      }),
    );
  });

  it.each(['', '256', '256MB', '256mib', '1.5GiB', '-1B', '1 KiB', -1, 1.5, null])('refuses %j', (value) => {
    expect(size.safeParse(value).success).toBe(false);
  });
});
