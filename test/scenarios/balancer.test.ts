import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBrokerView, type Fleet, startFleet } from '../../src/sandbox/fleet/index.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import { judgeMessages } from '../../src/sandbox/oracles/index.js';
import { type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { mustSkip } from '../support/requirements.js';
import { programRequirement } from '../support/service-requirements.js';
import { until } from '../support/until.js';
import { effects, healthOf, serving } from './support/look.js';
import { useScenario } from './support/scenario.js';

const CLUSTER = 'life';
const LONG = 240_000;
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const CLIENTS = 200;
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

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
        // The machine of the tests may be busy with others.
        policy: { drain: { clientsPerSecond: 200, timeout: '1m' }, upgrade: { soak: '1s' }, headroom: 100 },
        ...more,
      },
    });
  const newVersion = () => ({ broker: { ...asObject(spec()['broker']), version: '4.31.0' } });
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
  /** HAProxy processes of a host: a reload would leave another number behind, or others. */
  const processesOf = (name: string): number[] =>
    scenario()
      .stage.host(name)
      .processes()
      .filter(({ cmdline }) => cmdline.includes('haproxy.cfg'))
      .map(({ pid }) => pid);

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
    expect(monitor.looks()).toBeGreaterThan(NODES.length);
  });

  test('the same eyes see a message that is lost, and a will', { timeout: LONG }, async () => {
    if (fleet === undefined) throw new Error('the upgrade comes first');
    const one = openClient(endpoint('lb1'), 'dying', { reconnect: false });
    await untilConnected(one);
    fleet.discardOne();
    fleet.resume();
    await until(() => judgeMessages({ events: fleet?.log.events() ?? [] }).lost > 0, 30_000);
    one.stream.destroy();
    await until(() => fleet?.log.events().some((event) => event.kind === 'will' && event.client === 'dying') ?? false);
    await fleet.quiesce();
    expect(judgeMessages({ events: fleet.log.events() })).toMatchObject({ lost: 1 });
    await fleet.stop();
    fleet = undefined;
  });

  test('scale and decommission: servers come and go while HAProxy runs on', { timeout: LONG }, async () => {
    const before = processesOf('lb1');
    await run('scaleCluster', { nodes: 6 });
    for (const name of ['lb1', 'lb2']) expect(await configured(name)).toEqual([...NODES, 'n6']);
    await run('decommissionNode', { node: 'n2' });
    for (const name of ['lb1', 'lb2']) expect(await configured(name)).toEqual(['n1', 'n3', 'n4', 'n5', 'n6']);
    expect(processesOf('lb1')).toEqual(before);
  });

  test('a changed configuration is loaded, and a client that is connected stays so', { timeout: LONG }, async () => {
    const client = openClient(endpoint('lb1'), 'stays', { reconnect: false, will: false });
    await untilConnected(client);
    const loadBalancer = { ...asObject(spec()['loadBalancer']), maxConnections: 900 };
    const before = processesOf('lb1');
    const report = await run('applySpec', { spec: { ...spec({ loadBalancer }), nodes: 5, ...newVersion() } });
    expect(report.changes).toEqual([
      'lb1: its HAProxy is brought up to date',
      'lb2: its HAProxy is brought up to date',
    ]);
    expect(processesOf('lb1')).not.toEqual(before);
    await client.publishAsync('somewhere', 'still there', { qos: 1 });
    expect(client.connected).toBe(true);
    await client.endAsync();
  });

  test('with one balancer off a node is closed only where somebody says so', { timeout: LONG }, async () => {
    await scenario().stage.host('lb2').powerOff();
    const checked = await run('checkCluster', { for: 'restart', node: 'n1' });
    const capacity = checked.checks.filter(({ check }) => check === 'balancer-capacity');
    expect(capacity).toEqual([expect.objectContaining({ status: 'fails', node: 'lb2' })]);
    expect(capacity[0]?.remedy).toContain('Bring the named balancer back');
    const reason = 'lb2 is off for repair, lb1 carries everything';
    const since = Date.now();
    await run('restartNode', { node: 'n1', overrideChecks: [{ check: 'balancer-capacity', reason }] });
    expect(effects([scenario().stage.host('n1')], since)).toMatchObject({ n1: { start: 1 } });
    const client = openClient(endpoint('lb1'), 'after', { passing: true });
    await untilConnected(client);
    await client.endAsync();

    await scenario().stage.host('lb2').powerOn();
    const back = await run('applySpec', { spec: { ...spec(), nodes: 5, ...newVersion() } });
    expect(back.changes).toContain('lb2: its HAProxy is brought up to date');
    const again = openClient(endpoint('lb2'), 'again', { passing: true });
    await untilConnected(again);
    await again.endAsync();
  });

  test('remove: HAProxy is stopped when the nodes are', { timeout: LONG }, async () => {
    await run('removeCluster', { confirm: CLUSTER });
    await until(() => processesOf('lb1').length + processesOf('lb2').length === 0);
  });
});
