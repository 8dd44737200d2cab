import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeClusterSpec,
  formatIssue,
  parseClusterSpec,
  reviveClusterSpec,
  specWarnings,
} from '../../../src/domain/spec/index.js';
import { exampleSpec } from './example.js';

type Path = (string | number)[];

/** Every place in a value, the value itself included. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item: unknown, index) => placesIn(item, [...path, index]))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]: [string, unknown]) => placesIn(item, [...path, key]))];
}

/** A copy in which one place is something else. */
function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === key ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      name === key ? replaced(item, rest, by) : item,
    ]),
  );
}

const place = fc.constantFrom(...placesIn(exampleSpec()));

describe('parseClusterSpec', () => {
  it('answers for anything that JSON can say, and never throws', () => {
    fc.assert(
      fc.property(place, fc.jsonValue(), (path, value) => {
        const result = parseClusterSpec(replaced(exampleSpec(), path, value));
        if (result.ok) {
          expect(specWarnings(result.spec)).toBeInstanceOf(Array);
          return;
        }
        expect(result.issues.length).toBeGreaterThan(0);
        for (const issue of result.issues) {
          expect(issue.message).not.toBe('');
          expect(issue.message).not.toMatch(/Invalid |undefined|\[object/);
          expect(formatIssue(issue)).not.toContain('\n');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same again for what it has read, through JSON and through the form of a file', () => {
    const change = fc.record({
      nodes: fc.integer({ min: 1, max: 4 }),
      policy: fc.record({
        maxUnavailable: fc.constant(1),
        dataRetention: fc.nat({ max: 999 }).map((days) => `${days}h`),
        drain: fc.record({ timeout: fc.integer({ min: 1, max: 9_999 }).map((amount) => `${amount}ms`) }),
      }),
    });
    fc.assert(
      fc.property(change, (one) => {
        const first = parseClusterSpec({ ...exampleSpec(), ...one });
        if (!first.ok) throw new Error(first.issues.map(formatIssue).join('\n'));
        expect(reviveClusterSpec(JSON.parse(JSON.stringify(first.spec)))).toEqual(first.spec);
        expect(parseClusterSpec(encodeClusterSpec(first.spec))).toEqual(first);
      }),
    );
  });
});
