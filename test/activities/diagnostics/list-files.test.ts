import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestLogs, readListing } from '../../../src/activities/steps/diagnostics/list-files.js';

describe('the logs that are taken', () => {
  const log = (path: string, bytes: number, changed: number) => ({ path, bytes, changed });

  it('are all of them, whole, where there is room', () => {
    const logs = [log('log/a.log', 10, 1), log('log/b.log', 20, 2)];
    expect(newestLogs(logs, 30).map(({ path, take }) => [path, take])).toEqual([
      ['log/b.log', 20],
      ['log/a.log', 10],
    ]);
  });

  it('are some of each where one is too large', () => {
    const logs = [log('log/huge.log', 10_000, 2), log('log/hivemq.log', 40, 1)];
    expect(newestLogs(logs, 100).map(({ take }) => take)).toEqual([75, 25]);
  });

  it('never are more than was asked for, and no room is left unused', () => {
    const logs = fc.array(fc.record({ bytes: fc.nat(1000), changed: fc.nat(50) }), { maxLength: 20 });
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 5000 }), (given, most) => {
        const parts = newestLogs(
          given.map((one, index) => ({ ...one, path: `log/${index}.log` })),
          most,
        );
        const taken = parts.reduce((sum, { take }) => sum + take, 0);
        expect(taken).toBe(
          Math.min(
            most,
            given.reduce((sum, { bytes }) => sum + bytes, 0),
          ),
        );
        for (const { take, bytes } of parts) expect(take).toBeLessThanOrEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the listing of a node', () => {
  it('is read line by line', () => {
    expect(
      readListing('log 12 1700000000 log/a b.log\nconfig 3 5 conf/config.xml\nidentity 1 2 .hivekeeper/node.json\n'),
    ).toEqual({
      log: [{ path: 'log/a b.log', bytes: 12, changed: 1_700_000_000 }],
      config: [{ path: 'conf/config.xml', bytes: 3, changed: 5 }],
      identity: [{ path: '.hivekeeper/node.json', bytes: 1, changed: 2 }],
    });
  });

  it.each([
    'log 1 2 ../etc/passwd',
    'config 1 2 /etc/passwd',
    'config 1 2 conf/../../x',
    'config 1 2 conf/\u001bx',
    'other 1 2 a',
    '',
  ])('leaves %j out', (line) => expect(readListing(line)).toEqual({ log: [], config: [], identity: [] }));
});
