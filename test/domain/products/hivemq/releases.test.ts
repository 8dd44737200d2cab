import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guidesPage, releasesCrossed } from '../../../../src/domain/products/hivemq/releases.js';

describe('the releases that an upgrade crosses', () => {
  it('are told oldest first, each with its guide where one is known', () => {
    expect(releasesCrossed('4.19.3', '4.23.0')).toEqual([
      { release: '4.20', guide: 'https://www.hivemq.com/docs/4/upgrade/4-19-to-4-20.html' },
      { release: '4.21', guide: 'https://www.hivemq.com/docs/4/upgrade/4-20-to-4-21.html' },
      { release: '4.22', guide: 'https://docs.hivemq.com/hivemq/latest/upgrade/4-21-to-4-22.html' },
      { release: '4.23', guide: null },
    ]);
  });

  it('end with the one guide from long-term support to long-term support', () => {
    const crossed = releasesCrossed('4.9.0', '4.28.1');
    expect(crossed).toHaveLength(19);
    expect(crossed.at(-1)?.guide).toBe('https://docs.hivemq.com/hivemq/latest/upgrade/4-9-to-4-28.html');
    // That guide says nothing to those who come from elsewhere.
    expect(releasesCrossed('4.26.0', '4.28.1').map(({ guide }) => guide)).toEqual([null, null]);
  });

  it.each([
    ['4.30.0', '4.30.5'],
    ['4.31.0', '4.30.0'],
    ['4.30.0', '5.1.0'],
    ['latest', '4.30.0'],
  ])('are none from %s to %s', (from, to) => {
    expect(releasesCrossed(from, to)).toEqual([]);
  });

  it('are all minor releases after the old one up to the new one, and every guide is a page of the vendor', () => {
    const minor = fc.nat({ max: 60 });
    fc.assert(
      fc.property(minor, minor, (a, b) => {
        const crossed = releasesCrossed(`4.${a}.1`, `4.${b}.0`);
        expect(crossed.map(({ release }) => release)).toEqual(
          Array.from({ length: Math.max(0, b - a) }, (_, index) => `4.${a + index + 1}`),
        );
        for (const { release, guide } of crossed) {
          const target = release.replace('.', '-');
          if (guide !== null)
            expect(guide).toMatch(new RegExp(`^https://(docs|www)\\.hivemq\\.com/.*-to-${target}\\.html$`));
        }
      }),
    );
    expect(guidesPage).toMatch(/^https:\/\/docs\.hivemq\.com\//);
  });
});
