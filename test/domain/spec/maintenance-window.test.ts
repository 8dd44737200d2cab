import { describe, expect, it } from 'vitest';
import { formatIssue, parseClusterSpec, specWarnings } from '../../../src/domain/spec/index.js';
import { exampleSpec } from './example.js';

const example = exampleSpec();

const withWindow = (window: object) => ({
  ...example,
  policy: { ...example.policy, maintenanceWindows: [{ cron: '0 2 * * SAT', duration: '4h', ...window }] },
});
const problems = (window: object): string[] => {
  const read = parseClusterSpec(withWindow(window));
  return read.ok ? [] : read.issues.map(formatIssue);
};

describe('a maintenance window of a spec', () => {
  it.each([
    [{}],
    [{ timeZone: 'Europe/Berlin' }],
    [{ cron: '30 22 * * MON-FRI', duration: '90m' }],
    [{ cron: '0 3 29 2 *' }],
    [{ cron: '0 2 * * SAT#1' }],
    [{ cron: '0 22 * * FRI,SAT', duration: '30h' }],
  ])('is taken: %j', (window) => {
    expect(problems(window)).toEqual([]);
  });

  it.each([
    [{ timeZone: 'Europe/Berlim' }, 'timeZone', /Europe\/Berlim is no time zone/],
    [{ cron: '0 25 * * *' }, 'cron', /is no cron expression: Invalid value for hour: 25; it needs minute/],
    [{ cron: '0 0 2 * * SAT' }, 'cron', /is no cron expression: it needs minute, hour/],
    [{ cron: '@every day at two' }, 'cron', /is no cron expression/],
    [{ cron: '2026-11-28T02:00:00' }, 'cron', /is no cron expression/],
    [{ cron: '0 2 ? * SAT' }, 'cron', /is no cron expression/],
    [{ cron: '0 0 31 2 *' }, 'cron', /never opens/],
    [{ cron: '0 2 * * *', duration: '1d' }, 'duration', /would never close/],
    [{ cron: '* * * * *', duration: '10m' }, 'duration', /would never close/],
    [{ duration: '30s' }, 'duration', /a minute at least/],
    [{ zone: 'UTC' }, 'zone', /unknown key/],
  ])('is refused with its key: %j', (window, key, message) => {
    const found = problems(window);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^policy\\.maintenanceWindows\\[0\\]\\.${key}: `));
    expect(found[0]).toMatch(message);
  });

  it('is warned of where one node may take longer than it is open', () => {
    const warnings = (window: object): string[] => {
      const read = parseClusterSpec(withWindow(window));
      return read.ok
        ? specWarnings(read.spec).map(({ path, message }) => `${path.join('.')}: ${message}`)
        : ['refused'];
    };
    expect(warnings({ duration: '10m' }).filter((one) => one.startsWith('policy.maintenanceWindows'))).toEqual([
      expect.stringMatching(/^policy\.maintenanceWindows\.0\.duration: .*30m/),
    ]);
    expect(warnings({ duration: '4h' }).filter((one) => one.startsWith('policy.maintenanceWindows'))).toEqual([]);
  });
});
