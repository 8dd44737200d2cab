import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compatibleReleases, upgradePath } from '../../../../src/domain/products/hivemq/versions.js';

describe('upgradePath', () => {
  it.each([
    ['4.30.0', '4.48.0', 'upgrade', 18],
    ['4.30.5', '4.48.9', 'upgrade', 18],
    ['4.30.0', '4.31.0', 'upgrade', 1],
    ['4.30.0', '4.30.1', 'upgrade', 0],
    ['4.9.3', '4.28.0', 'upgrade', 19],
    ['4.30.0', '4.30.0', 'same', 0],
  ])('goes from %s to %s', (from, to, direction, releases) => {
    expect(upgradePath(from, to)).toEqual({ ok: true, direction, releases });
  });

  it.each([
    [
      '4.30.0',
      '4.49.0',
      /^the jump is too wide: 4\.49\.0 is 19 monthly releases after 4\.30\.0, and only 18 are compatible$/,
    ],
    ['4.9.1', '4.30.0', /too wide.*; go by way of 4\.28, which has long-term support$/],
    ['4.12.0', '4.31.0', /too wide.*; go by way of 4\.28, /],
    // Nobody says that 4.28 is within reach of it.
    ['4.8.0', '4.29.0', /too wide.*; go by way of 4\.9, /],
    ['4.30.0', '4.29.9', /older than 4\.30\.0/],
    ['4.30.1', '4.30.0', /older than/],
    ['4.30.0', '5.0.0', /different major versions/],
    ['5.0.0', '4.30.0', /older than/],
    ['4.30', '4.31.0', /4\.30 is no version/],
    ['4.30.0', 'latest', /latest is no version/],
  ])('does not go from %s to %s', (from, to, reason) => {
    const path = upgradePath(from, to);
    expect(path).toMatchObject({ ok: false });
    if (!path.ok) expect(path.reason).toMatch(reason);
  });

  it('goes back only while a member still runs the old version', () => {
    expect(upgradePath('4.31.0', '4.30.0', ['4.30.0', '4.31.0'])).toEqual({
      ok: true,
      direction: 'rollback',
      releases: 1,
    });
    expect(upgradePath('4.31.0', '4.30.0', ['4.31.0']).ok).toBe(false);
    expect(upgradePath('4.31.0', '4.29.0', ['4.30.0', '4.31.0']).ok).toBe(false);
  });

  const part = fc.nat({ max: 60 });
  const version = fc.tuple(fc.constantFrom(4, 5), part, fc.nat({ max: 3 }));
  const write = (one: readonly number[]) => one.join('.');

  it('never goes down, over a major version, or too far at once', () => {
    fc.assert(
      fc.property(version, version, (from, to) => {
        const [distance, later] = [to[1] - from[1], to[1] - from[1] || to[2] - from[2]];
        const longTerm = from[0] === 4 && from[1] === 9 && to[1] === 28;
        const allowed = to[0] === from[0] && later >= 0 && (distance <= compatibleReleases || longTerm);
        expect(upgradePath(write(from), write(to)).ok).toBe(allowed);
      }),
    );
  });

  it('lets an unfinished upgrade go back wherever it could go forward', () => {
    fc.assert(
      fc.property(version, version, (from, to) => {
        const forward = upgradePath(write(from), write(to));
        const back = upgradePath(write(to), write(from), [write(from), write(to)]);
        if (forward.ok) expect(back.ok).toBe(true);
      }),
    );
  });
});
