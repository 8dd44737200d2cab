import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, version, type Version } from '../../../src/domain/spec/index.js';

const part = fc.nat({ max: 999_999 });
const versions = fc.record({ major: part, minor: part, patch: part });
const write = ({ major, minor, patch }: Version) => `${major}.${minor}.${patch}`;

describe('version', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(versions, (one) => {
        expect(parseVersion(write(one))).toEqual(one);
        expect(version.parse(write(one))).toBe(write(one));
      }),
    );
  });

  it('is ordered as numbers are: totally, and not as text', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, b) === 0).toBe(write(a) === write(b));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
    expect(compareVersions({ major: 4, minor: 9, patch: 0 }, { major: 4, minor: 30, patch: 0 })).toBeLessThan(0);
  });

  it.each(['4.30', '4', '4.30.0.1', 'v4.30.0', '4.30.0-rc1', '04.30.0', '4.30.0 ', '4.30.0\n', '', 'latest'])(
    'refuses %j',
    (text) => {
      expect(parseVersion(text)).toBeNull();
      expect(version.safeParse(text).success).toBe(false);
    },
  );

  it('asks for quotes around a number', () => {
    expect(version.safeParse(4.3).error?.issues[0]?.message).toMatch(/quote it/);
  });
});
