import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonRules } from '../../../src/domain/changes/common-rules.js';
import { changeText, type SpecChange, specChanges } from '../../../src/domain/changes/index.js';
import { hivemqChanges } from '../../../src/domain/products/hivemq/changes.js';
import { declaredEffect, realEffect } from './effects.js';
import { extension, possibleSpec, type Row, rows, specOf } from './rows.js';

const members = ['n1', 'n2', 'n3'];
const specsOf = ({ before = {}, after }: Row) => ({ before: specOf(before), after: specOf(before, after) });
const changesOf = (row: Row): SpecChange[] => specChanges({ ...specsOf(row), members }, hivemqChanges);
const all = Object.entries(rows);

describe('the difference between two specs', () => {
  it.each(all)('names %s and what it asks of the nodes', (_, row) => {
    const lines = changesOf(row).map((change) => `${changeText(change)} | ${change.effect}`);
    const expected = row.expected.map((one): unknown => (typeof one === 'string' ? one : expect.stringMatching(one)));
    expect(lines).toEqual(row.among ? expect.arrayContaining(expected) : expected);
  });

  it('is empty for a spec and itself, and turns round with its sides', () => {
    for (const [, row] of all) {
      const { before, after } = specsOf(row);
      expect(specChanges({ before: after, after, members }, hivemqChanges)).toEqual([]);
      const back = specChanges({ before: after, after: before, members }, hivemqChanges);
      const turned = { '+': '-', '-': '+', '~': '~' };
      expect(back.map(({ sign, path }) => `${turned[sign]} ${path}`).sort()).toEqual(
        changesOf(row)
          .map(({ sign, path }) => `${sign} ${path}`)
          .sort(),
      );
    }
  });

  it('is tried with every rule', () => {
    const seen = new Set(all.flatMap(([, row]) => changesOf(row).map(({ effect, why }) => `${effect}: ${why}`)));
    // Another product needs a second one to be parsed.
    const possible = [...hivemqChanges.rules, ...commonRules].filter(({ path }) => path !== 'broker.product');
    const rules = possible.map(({ effect, why }) => `${effect}: ${why}`);
    expect(rules.filter((rule) => !seen.has(rule))).toEqual([]);
  });

  it('says what to do instead of what it refuses', () => {
    const refused = all.flatMap(([, row]) => changesOf(row)).filter(({ effect }) => effect === 'refused');
    expect(refused.filter(({ why }) => !/deploy|apply|decommission/.test(why))).toEqual([]);
  });

  it('shows no text of a content', () => {
    const text = extension({ files: { 'conf/notes': { text: 'top secret' } } });
    const shown = specChanges({ before: specOf(), after: specOf(text), members }, hivemqChanges);
    expect(JSON.stringify(shown)).not.toContain('top secret');
  });
});

const isPossible = (changes: readonly SpecChange[]): boolean => changes.every(({ effect }) => effect !== 'refused');

describe('the declared effect is what the files of a node say', () => {
  const possible = all.filter(([, row]) => isPossible(changesOf(row)));
  it.each(possible)('of %s', (_, row) => {
    const { before, after } = specsOf(row);
    expect(realEffect(before, after)).toBe(declaredEffect(changesOf(row)));
  });

  it('of several changes at once', () => {
    let tried = 0;
    const some = fc.subarray(
      possible.map(([, row]) => row),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(some, (chosen) => {
        const before = possibleSpec(...chosen.map((row) => row.before ?? {}));
        const after = possibleSpec(...chosen.flatMap((row) => [row.before ?? {}, row.after]));
        if (before === null || after === null) return;
        const changes = specChanges({ before, after, members }, hivemqChanges);
        if (!isPossible(changes)) return;
        tried += 1;
        expect(realEffect(before, after)).toBe(declaredEffect(changes));
      }),
      { numRuns: 300 },
    );
    expect(tried).toBeGreaterThan(50);
  }, 60_000);
});
