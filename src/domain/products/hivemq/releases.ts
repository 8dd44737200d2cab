import type { CrossedRelease } from '../crossed-release.js';
import { parseVersion, type Version } from '../../spec/version.js';

/** Releases of major version 4, by their minor number, between which the vendor has a guide; the page is the source of its line. */
interface UpgradeGuide {
  readonly from: number;
  readonly to: number;
  readonly page: string;
}

/** Where the vendor lists all guides, those that are not known here included. */
export const guidesPage = 'https://docs.hivemq.com/hivemq/latest/upgrade/introduction.html';

/** Only pages that were seen; a guide that is missing here is looked up in the list. */
const guides: readonly UpgradeGuide[] = [
  { from: 0, to: 1, page: 'https://www.hivemq.com/docs/4/upgrade/4-0-to-4-1.html' },
  { from: 1, to: 2, page: 'https://docs.hivemq.com/hivemq/4.8/upgrade/4-1-to-4-2.html' },
  { from: 2, to: 3, page: 'https://www.hivemq.com/docs/4/upgrade/4-2-to-4-3.html' },
  { from: 3, to: 4, page: 'https://www.hivemq.com/docs/4/upgrade/4-3-to-4-4.html' },
  { from: 4, to: 5, page: 'https://www.hivemq.com/docs/4/upgrade/4-4-to-4-5.html' },
  { from: 6, to: 7, page: 'https://www.hivemq.com/docs/4/upgrade/4-6-to-4-7.html' },
  { from: 7, to: 8, page: 'https://www.hivemq.com/docs/4/upgrade/4-7-to-4-8.html' },
  { from: 9, to: 10, page: 'https://www.hivemq.com/docs/4/upgrade/4-9-to-4-10.html' },
  { from: 10, to: 11, page: 'https://www.hivemq.com/docs/4/upgrade/4-10-to-4-11.html' },
  { from: 14, to: 15, page: 'https://www.hivemq.com/docs/4/upgrade/4-14-to-4-15.html' },
  { from: 16, to: 17, page: 'https://www.hivemq.com/docs/4/upgrade/4-16-to-4-17.html' },
  { from: 17, to: 18, page: 'https://www.hivemq.com/docs/4/upgrade/4-17-to-4-18.html' },
  { from: 19, to: 20, page: 'https://www.hivemq.com/docs/4/upgrade/4-19-to-4-20.html' },
  { from: 20, to: 21, page: 'https://www.hivemq.com/docs/4/upgrade/4-20-to-4-21.html' },
  { from: 21, to: 22, page: 'https://docs.hivemq.com/hivemq/latest/upgrade/4-21-to-4-22.html' },
  { from: 24, to: 25, page: 'https://www.hivemq.com/docs/4/upgrade/4-24-to-4-25.html' },
];

/**
 * Releases with long-term support from one of which the next one is reached in one step, farther apart than other
 * releases may be: both run in one cluster, by the page that is the source of its line.
 */
const longTermSteps: readonly UpgradeGuide[] = [
  { from: 9, to: 28, page: 'https://docs.hivemq.com/hivemq/latest/upgrade/4-9-to-4-28.html' },
];

const major = 4;

type Release = Pick<Version, 'major' | 'minor'>;

/** The guide by which a release with long-term support reaches the next one, whatever lies between; null where none says so. */
export function longTermGuide(from: Release, to: Release): string | null {
  if (from.major !== major || to.major !== major) return null;
  return longTermSteps.find((step) => step.from === from.minor && step.to === to.minor)?.page ?? null;
}

/** Minor numbers of the releases with long-term support between two, by the pages of `longTermSteps`. */
export function longTermBetween(from: Release, to: Release): number[] {
  if (from.major !== major) return [];
  const known = new Set(longTermSteps.flatMap((step) => [step.from, step.to]));
  return [...known].filter((minor) => minor > from.minor && minor < to.minor).sort((a, b) => a - b);
}

/** The minor releases after one version up to another, each with the vendor's guide; none where nothing newer is reached. */
export function releasesCrossed(from: string, to: string): CrossedRelease[] {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === null || wanted === null || old.major !== wanted.major || wanted.minor <= old.minor) return [];
  const pageOf = (minor: number): string | null => {
    if (old.major !== major) return null;
    const own = guides.find((guide) => guide.to === minor && guide.from === minor - 1);
    return own?.page ?? longTermGuide(old, { major, minor });
  };
  return Array.from({ length: wanted.minor - old.minor }, (_, index) => {
    const minor = old.minor + index + 1;
    return { release: `${old.major}.${minor}`, guide: pageOf(minor) };
  });
}
