import { describe, expect, it } from 'vitest';
import { approvalLines, upgradeLines } from '../../../../src/client/cli/output/upgrade-view.js';

const guidesPage = 'https://example.org/guides';
const text = (upgrade: Parameters<typeof upgradeLines>[0]): string[] => upgradeLines(upgrade).map((line) => line.text);

describe('the way of an upgrade, for people', () => {
  it('is one line for each release, and the list of guides where one is missing', () => {
    const crossed = [
      { release: '4.31', guide: 'https://example.org/4-30-to-4-31' },
      { release: '4.32', guide: null },
    ];
    expect(text({ from: '4.30.0', to: '4.32.1', crossed, guidesPage })).toEqual([
      'From 4.30.0 to 4.32.1, 2 releases crossed; read before:',
      '  4.31  https://example.org/4-30-to-4-31',
      '  4.32  see the list of guides',
      '  all guides: https://example.org/guides',
    ]);
    expect(text({ from: '4.30.0', to: '4.31.0', crossed: crossed.slice(0, 1), guidesPage })).toHaveLength(2);
  });

  it('says that a patch release crosses none', () => {
    expect(text({ from: '4.30.0', to: '4.30.1', crossed: [], guidesPage })).toEqual([
      'From 4.30.0 to 4.30.1: no release is crossed',
    ]);
  });

  it('names who asks for an approval, if anybody does', () => {
    expect(approvalLines({})).toEqual([]);
    const [line] = approvalLines({ approval: 'policy.upgrade.approval is always' });
    expect(line?.text).toBe(
      'Nothing is done before somebody approves this plan by its hash: policy.upgrade.approval is always',
    );
  });
});
