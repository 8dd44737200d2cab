import { describe, expect, test } from 'vitest';
import { sizes } from './support/discovery.js';
import { useScenario } from './support/scenario.js';

const LONG = 180_000;

describe('independent nodes', () => {
  const scenario = useScenario();
  const members = ['n1', 'n2', 'n3'];
  const spec = (more: object = {}) =>
    scenario().spec({ name: 'alone', overrides: { cluster: { enabled: false }, ...more } });
  const starts = (name: string): (string | undefined)[] =>
    scenario()
      .stage.host(name)
      .journal()
      .map(({ event }) => event)
      .filter((event) => /start/.test(event));

  test(
    'are deployed, each a broker of its own',
    async () => {
      await scenario().complete('deployCluster', { cluster: 'alone', spec: spec() });
      expect(await sizes(scenario(), members)).toEqual([1, 1, 1]);
    },
    LONG,
  );

  test(
    'are restarted one by one for a changed setting, each from its own data',
    async () => {
      const before = members.map((name) => starts(name).length);
      const mqtt = { sessionExpiry: { maxInterval: 3600 } };
      await scenario().complete('deployCluster', { cluster: 'alone', spec: spec({ mqtt }) });
      const added = members.map((name, index) => starts(name).slice(before[index]));
      expect(added).toEqual(members.map(() => ['recovery-start']));
    },
    LONG,
  );

  test(
    'none leaves with data that nobody takes over, unless somebody says so',
    async () => {
      const { failure } = await scenario().run('decommissionNode', { cluster: 'alone', node: 'n3' });
      expect(failure?.message).toMatch(/check data-kept fails on n3: it is an independent broker/);
      await scenario().complete('decommissionNode', {
        cluster: 'alone',
        node: 'n3',
        overrideChecks: [{ check: 'data-kept', reason: 'nobody uses it any more' }],
      });
      expect(await sizes(scenario(), ['n1', 'n2'])).toEqual([1, 1]);
    },
    LONG,
  );
});
