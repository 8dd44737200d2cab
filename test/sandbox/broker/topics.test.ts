import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFilter, isTopic, matchesFilter } from '../../../src/sandbox/broker/mqtt/topics.js';
import { FilterIndex } from '../../../src/sandbox/broker/store/filter-index.js';

const level = fc.constantFrom('a', 'b', 'c', '');
const topic = fc
  .array(level, { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join('/'))
  .filter((text) => text !== '');
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'))
  .filter((text) => text !== '');

/** The same rule said another way: as a regular expression. */
function oracle(wanted: string): RegExp {
  const source = wanted
    .replace(/\/?#$/, '(#)')
    .split('/')
    .map((part) => part.replace(/^\+/, '[^/]*'))
    .join('/')
    .replace('(#)', wanted === '#' ? '.*' : '(/.*)?');
  return new RegExp(`^${source}$`);
}

describe('topic filters', () => {
  it('match as the regular expression of the same meaning', () => {
    fc.assert(
      fc.property(filter, topic, (wanted, given) => matchesFilter(wanted, given) === oracle(wanted).test(given)),
    );
  });

  it('match themselves when they have no wildcard, and nothing else', () => {
    fc.assert(fc.property(topic, topic, (one, other) => matchesFilter(one, other) === (one === other)));
  });

  it.each([
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/#', 'a', true],
    ['a/+', 'a', false],
    ['+', '', true],
    ['+/+', '/a', true],
  ])('%s and %s: %s', (wanted, given, result) => expect(matchesFilter(wanted, given)).toBe(result));

  it.each([['a/#/b'], ['a#'], ['a+/b'], [''], ['#/a']])('%s is no filter', (wanted) =>
    expect(isFilter(wanted)).toBe(false),
  );

  it('cannot be published to', () => {
    expect(isTopic('a/b')).toBe(true);
    expect(['a/+', '#', ''].map(isTopic)).toEqual([false, false, false]);
  });

  it('an index finds whom a walk over all subscriptions finds', () => {
    const client = fc.record({ id: fc.constantFrom('x', 'y', 'z'), filters: fc.uniqueArray(filter, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(client), topic, (clients, given) => {
        const index = new FilterIndex();
        const last = new Map(clients.map(({ id, filters }) => [id, filters]));
        const subscription = (one: string) => ({ filter: one, qos: 0, nl: false, rap: false, rh: 0, id: undefined });
        for (const { id, filters } of clients) index.set(id, filters.map(subscription));
        const walked = [...last]
          .filter(([, filters]) => filters.some((one) => matchesFilter(one, given)))
          .map(([id]) => id);
        expect([...index.match(given)].sort()).toEqual(walked.sort());
      }),
    );
  });
});
