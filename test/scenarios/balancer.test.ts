import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBrokerView, type Fleet, startFleet } from '../../src/sandbox/fleet/index.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import { judgeAvailability, judgeMessages } from '../../src/sandbox/oracles/index.js';
import { type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { mustSkip } from '../support/requirements.js';
import { programRequirement } from '../support/service-requirements.js';
import { until } from '../support/until.js';
import { healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'life';
const LONG = 150_000;
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const CLIENTS = 200;

describe.skipIf(mustSkip(programRequirement('haproxy', 'haproxy')))('a cluster behind two hosts of HAProxy', () => {
  const scenario = useScenario({ nodes: [...NODES, 'n6'], gates: [], balancers: ['lb1', 'lb2'], recovery: [] });
  let monitor: Monitor;
  let fleet: Fleet | undefined;

  beforeAll(() => {
    monitor = startMonitor(scenario().stage.nodes);
  });
  afterAll(async () => {
    await fleet?.stop();
    monitor.stop();
  });

  const spec = (more: Record<string, unknown> = {}, nodes = NODES.length) =>
    scenario().spec({
      nodes,
      overrides: {
        healthApi: { enabled: true, port: 8889, bindAddress: 'host' },
        policy: { drain: { clientsPerSecond: 200, timeout: '1m' }, upgrade: { soak: '1s' } },
        ...more,
      },
    });
  const run = (type: Parameters<ReturnType<typeof scenario>['complete']>[0], more: object = {}) =>
    scenario().complete(type, { cluster: CLUSTER, ...more });
  const endpoint = (name: string) => ({ host: scenario().stage.host(name).address, port: 1883 });
  const view = () =>
    createBrokerView(
      scenario().stage.nodes.map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 })),
    );
  const configured = async (name: string): Promise<string[]> => {
    const text = await readFile(path.join(scenario().stage.host(name).root, 'login/lb/haproxy.cfg'), 'utf8');
    return [...text.matchAll(/^ {2}server (\S+)/gm)].flatMap((match) => match[1] ?? []).sort();
  };
  const masters = (name: string) =>
    scenario()
      .stage.host(name)
      .processes()
      .filter(({ cmdline }) => cmdline.includes('haproxy.cfg'));

  test('deploy: both serve all nodes, and a second deploy finds nothing to do', { timeout: LONG }, async () => {
    await run('deployCluster', { spec: spec() });
    for (const name of ['lb1', 'lb2']) {
      expect(await configured(name)).toEqual(NODES);
      const client = openClient(endpoint(name), `probe-${name}`, { passing: true });
      await untilConnected(client);
      await client.endAsync();
    }
    const again = await run('deployCluster', { spec: spec() });
    expect(again).toMatchObject({ changes: [], steps: [] });
  });

  test('upgrade: 200 clients lose nothing, and one node is away at a time', { timeout: LONG }, async () => {
    const others = [endpoint('lb2')];
    fleet = await startFleet({
      endpoint: endpoint('lb1'),
      otherEndpoints: others,
      view: view(),
      clients: CLIENTS,
      messagesPerSecond: 0.5,
    });
    const from = Date.now();
    await run('rollingUpgrade', { version: '4.31.0' });
    const to = Date.now();
    expect(await healthOf(NODES.map((name) => scenario().stage.host(name)))).toEqual(
      Object.fromEntries(NODES.map((name) => [name, serving('4.31.0', NODES.length)])),
    );
    await fleet.quiesce();
    const events = fleet.log.events();
    expect(events.filter(({ kind }) => kind === 'will')).toEqual([]);
    expect(judgeMessages({ events })).toMatchObject({ lost: 0, duplicated: 0, examples: [] });
    expect(judgeMessages({ events }).published).toBeGreaterThan(CLIENTS);
    expect(monitor.maxSimultaneouslyDown(NODES, from, to)).toBe(1);
    void judgeAvailability;
  });
});
void expectFailure;
void until;
