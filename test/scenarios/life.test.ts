import { killBrokersTogether } from '../../src/sandbox/hosts/index.js';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uncordon } from '../../src/client/temporal/index.js';
import { type NodeWatch, watchNodes } from '../../src/sandbox/demo/node-watch.js';
import {
  createBrokerView,
  type OfflineSession,
  queueForOfflineClients,
  resumeOfflineClients,
} from '../../src/sandbox/fleet/index.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { GATE_PORT, type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { until } from '../support/until.js';
import { effects, healthOf, journalOf, serving, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import { connectionsFile } from './support/worker-process.js';

const CLUSTER = 'life';
const LONG = 120_000;
/** The machine of the tests may be smaller than HiveMQ's guide asks for. */
const SMALL = [{ check: 'recovery-host', reason: 'the machine of the tests is small, and so is the data' }];

const scenario = useScenario();
let monitor: Monitor;
let watch: NodeWatch;

beforeAll(() => {
  monitor = startMonitor(scenario().stage.nodes);
  watch = watchNodes(scenario().stage.nodes);
});
afterAll(() => {
  watch.stop();
  monitor.stop();
});

const hosts = (...names: string[]): Host[] => names.map((name) => scenario().stage.host(name));
const at = (name: string, ...parts: string[]): string => path.join(scenario().stage.host(name).home, ...parts);
const allServing = (version: string, ...names: string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, serving(version, names.length)]));
const run = (type: Parameters<ReturnType<typeof scenario>['complete']>[0], more: object = {}) =>
  scenario().complete(type, { cluster: CLUSTER, ...more });
const gate = () => ({ host: scenario().stage.host('lb1').address, port: GATE_PORT });

/** The nodes that a node's own configuration names as members. */
function knownTo(name: string): string[] {
  const discovery = /<discovery>.*<\/discovery>/s.exec(readFileSync(at(name, 'conf/config.xml'), 'utf8'))?.[0] ?? '';
  return scenario().stage.nodes.flatMap((node) => (discovery.includes(`>${node.address}<`) ? [node.name] : []));
}

/** What the brokers' own APIs say. */
const brokers = () =>
  createBrokerView(
    scenario().stage.nodes.map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 })),
  );

/** Clients on a node, by the kernel's table, when its broker was asked to stop. */
function clientsAtStop(name: string): number[] {
  const stops = journalOf(scenario().stage.host(name)).filter(({ event }) => event === 'stop-requested');
  return stops.map((stop) => {
    const before = watch.counts().filter((count) => count.node === name && count.at <= Date.parse(stop.at));
    return before.at(-1)?.clients ?? 0;
  });
}

describe('the life of a cluster, seen from outside', () => {
  test('a dry run of the first deploy changes nothing', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts);
    const report = await run('deployCluster', { spec: scenario().spec(), dryRun: true });
    expect(report).toMatchObject({ status: 'dry-run', members: ['n1', 'n2', 'n3'] });
    expect(await snapshot(scenario().stage.hosts)).toEqual(before);
  });

  test('deploy: three nodes serve one cluster, the spare is left alone', { timeout: LONG }, async () => {
    const [spare, bare] = [await snapshot(hosts('n4', 'rec1')), await snapshot(hosts('n1'))];
    await run('deployCluster', { spec: scenario().spec() });
    // The eye that finds nothing touched elsewhere does see what is touched.
    expect(await snapshot(hosts('n1'))).not.toEqual(bare);
    expect(await healthOf(hosts('n1', 'n2', 'n3'))).toEqual(allServing('4.30.0', 'n1', 'n2', 'n3'));
    expect(effects(scenario().stage.nodes)).toEqual({ n1: { start: 1 }, n2: { start: 1 }, n3: { start: 1 } });
    expect(await snapshot(hosts('n4', 'rec1'))).toEqual(spare);
  });

  test('deploy again: no process is restarted and no file is written', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts, { brokersRun: true });
    const report = await run('deployCluster', { spec: scenario().spec() });
    expect(report).toMatchObject({ status: 'completed', changes: [] });
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
  });

  test('check: every check holds, and nothing is touched', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts, { brokersRun: true });
    const report = await run('checkCluster');
    expect(report.status).toBe('checked');
    expect(report.checks.filter(({ status }) => status !== 'holds')).toEqual([]);
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
  });

  test('scale: the spare joins, the others are told and not restarted', { timeout: LONG }, async () => {
    const since = Date.now();
    await run('scaleCluster', { nodes: 4 });
    expect(await healthOf(scenario().stage.nodes)).toEqual(allServing('4.30.0', 'n1', 'n2', 'n3', 'n4'));
    expect(effects(scenario().stage.nodes, since)).toEqual({ n4: { start: 1 } });
    for (const name of ['n1', 'n2', 'n3']) expect(knownTo(name)).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  test('decommission: drained, its data kept, the others told and not restarted', { timeout: LONG }, async () => {
    const clients = Array.from({ length: 8 }, (_, index) => openClient(gate(), `online-${index}`));
    await Promise.all(clients.map((client) => untilConnected(client)));
    await until(() => watch.clients('n2') > 0);
    const since = Date.now();
    await run('decommissionNode', { node: 'n2' });
    expect(clientsAtStop('n2')).toEqual([0]);
    await until(() => clients.every((client) => client.connected));
    await Promise.all(clients.map((client) => client.endAsync()));

    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: { 'stop-requested': 1, stopped: 1 } });
    expect(await healthOf(scenario().stage.nodes)).toEqual({ n2: null, ...allServing('4.30.0', 'n1', 'n3', 'n4') });
    expect(await readdir(at('n2', 'data-kept'))).toEqual([expect.stringMatching(/-retired$/)]);
    expect(existsSync(at('n2', '.hivekeeper/disabled'))).toBe(true);
    for (const name of ['n1', 'n3', 'n4']) expect(knownTo(name)).toEqual(['n1', 'n3', 'n4']);
  });

  test('a dry run of deploy with three nodes keeps n1, n3 and n4 and swaps nothing', { timeout: LONG }, async () => {
    const report = await run('deployCluster', { spec: scenario().spec({ nodes: 3 }), dryRun: true });
    expect(report).toMatchObject({ status: 'dry-run', members: ['n1', 'n3', 'n4'], changes: [], steps: [] });
    // The host is chosen again only once it is uncordoned.
    const wanted = { spec: scenario().spec({ nodes: 4 }), dryRun: true };
    const refused = await scenario().run('deployCluster', { cluster: CLUSTER, ...wanted });
    expectFailure(refused, 'PlanRefused', 'uncordon one');
    await uncordon(scenario().session, CLUSTER, 'n2');
    expect(await run('deployCluster', wanted)).toMatchObject({ members: ['n1', 'n3', 'n4', 'n2'] });
  });

  test('upgrade: one node at a time, each drained before its stop', { timeout: LONG }, async () => {
    const clients = Array.from({ length: 6 }, (_, index) => openClient(gate(), `online-${index}`));
    await Promise.all(clients.map((client) => untilConnected(client)));
    const since = Date.now();
    await run('rollingUpgrade', { version: '4.31.0' });
    const members = ['n1', 'n3', 'n4'];
    expect(await healthOf(hosts(...members))).toEqual(allServing('4.31.0', ...members));
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n3: once, n4: once });
    expect(monitor.maxSimultaneouslyDown(members, since, Date.now())).toBe(1);
    expect(members.flatMap(clientsAtStop)).toEqual([0, 0, 0]);
    await until(() => clients.every((client) => client.connected));
    await Promise.all(clients.map((client) => client.endAsync()));
  });

  test('deploy with another listener: one node at a time is restarted with it', { timeout: LONG }, async () => {
    const listeners = [1883, 1884].map((port) => ({ type: 'tcp', port, bindAddress: 'host' }));
    const spec = scenario().spec({ version: '4.31.0', overrides: { listeners } });
    const dry = await run('deployCluster', { spec: { ...spec, nodes: 3 }, dryRun: true });
    const members = ['n1', 'n3', 'n4'];
    expect(dry.changes).toEqual(members.map((name) => `${name} restarts: conf/config.xml differs`));
    const since = Date.now();
    await run('deployCluster', { spec: { ...spec, nodes: 3 } });
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n3: once, n4: once });
    expect(monitor.maxSimultaneouslyDown(members, since, Date.now())).toBe(1);
    for (const { address } of hosts(...members)) {
      const client = openClient({ host: address, port: 1884 }, 'second-door', { passing: true });
      await untilConnected(client);
      await client.endAsync();
    }
  });

  test('recover: what two nodes took with them comes back', { timeout: LONG }, async () => {
    const view = brokers();
    const sessions = await queueForOfflineClients(gate(), { sessions: 20, messagesEach: 2 });
    await killBrokersTogether(hosts('n1', 'n3'));
    await until(async () => (await view.clusterSizes()).get('n4') === 1, 60_000);
    const left = new Set(await view.clients());
    const lost = (one: OfflineSession): boolean => !left.has(one.client);
    expect(sessions.filter(lost).length).toBeGreaterThan(0);

    const since = Date.now();
    await run('recoverCluster', { overrideChecks: SMALL });
    const members = ['n1', 'n3', 'n4'];
    expect(await healthOf(hosts(...members))).toEqual(allServing('4.31.0', ...members));
    const restarted = { n1: { start: 1 }, n3: { start: 1 }, n4: { restore: 1 } };
    expect(effects(scenario().stage.nodes, since)).toEqual(restarted);
    for (const name of ['n1', 'n3']) {
      expect((await readdir(at(name, 'data-kept'))).filter((folder) => folder.includes('recovery-'))).toHaveLength(1);
    }
    const resumed = await resumeOfflineClients(gate(), sessions);
    expect(resumed.map(({ client, sessionPresent, repeated }) => ({ client, sessionPresent, repeated }))).toEqual(
      sessions.map(({ client }) => ({ client, sessionPresent: true, repeated: 0 })),
    );
    const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);
    expect(resumed.map(({ received }) => sorted(received))).toEqual(sessions.map(({ queued }) => [...queued]));
  });

  test('remove: refused without its name typed again, and then nothing is touched', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts, { brokersRun: true });
    const refused = await scenario().run('removeCluster', { cluster: CLUSTER });
    expectFailure(refused, 'ConfirmationMissing', 'confirm: life');
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
  });

  test('remove: one node after the other, all data kept, the record ended', { timeout: LONG }, async () => {
    const since = Date.now();
    await run('removeCluster', { confirm: CLUSTER });
    const members = hosts('n1', 'n3', 'n4');
    const once = { 'stop-requested': 1, stopped: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n3: once, n4: once });
    expect(scenario().stage.nodes.flatMap((host) => host.brokers())).toEqual([]);
    const events = members.flatMap((host) => journalOf(host)).filter((entry) => Date.parse(entry.at) >= since);
    const stops = events.filter(({ event }) => event === 'stop-requested' || event === 'stopped');
    const order = stops.sort((one, other) => one.at.localeCompare(other.at)).map(({ event }) => event);
    expect(order).toEqual(members.flatMap(() => ['stop-requested', 'stopped']));
    for (const { name } of members) {
      expect(await readdir(at(name, 'data-kept'))).toContainEqual(expect.stringMatching(/-retired$/));
    }
    await until(async () => (await describeRecord()) === 'COMPLETED');
  });

  test('its hosts are free for a cluster of another name', { timeout: LONG }, async () => {
    const spec = scenario().spec({ name: 'heir' });
    const report = await scenario().complete('deployCluster', { cluster: 'heir', spec, dryRun: true });
    const nameFree = report.checks.filter(({ check }) => check === 'name-free');
    expect(nameFree.map(({ node, status }) => [node, status])).toEqual(['n1', 'n2', 'n3'].map((n) => [n, 'holds']));
  });

  test('the heir is deployed there and has nothing of the old cluster', { timeout: LONG }, async () => {
    await scenario().complete('deployCluster', { cluster: 'heir', spec: scenario().spec({ name: 'heir' }) });
    expect(await healthOf(hosts('n1', 'n2', 'n3'))).toEqual(allServing('4.30.0', 'n1', 'n2', 'n3'));
    expect(await brokers().clients()).toEqual([]);
  });

  test('recover: a cluster of which no node is left', { timeout: LONG }, async () => {
    const sessions = await queueForOfflineClients(gate(), { sessions: 10, messagesEach: 2 });
    const members = hosts('n1', 'n2', 'n3');
    await killBrokersTogether(members);
    const since = Date.now();
    await scenario().complete('recoverCluster', { cluster: 'heir', overrideChecks: SMALL });
    expect(await healthOf(members)).toEqual(allServing('4.30.0', 'n1', 'n2', 'n3'));
    expect(effects(members, since)).toEqual({ n1: { start: 1, restore: 1 }, n2: { start: 1 }, n3: { start: 1 } });
    const resumed = await resumeOfflineClients(gate(), sessions);
    expect(resumed.map(({ sessionPresent, received }) => [sessionPresent, received.length])).toEqual(
      sessions.map(({ queued }) => [true, queued.length]),
    );
  });

  test('the worker has connected to nothing but SSH and the packages', () => {
    const file = connectionsFile(path.join(scenario().folder, 'worker'));
    const seen = new Set(readFileSync(file, 'utf8').trim().split('\n'));
    const ssh = new Set(scenario().stage.hosts.map((host) => `${host.address}:${host.sshPort}`));
    const url = new URL(String(Reflect.get(scenario().packages.brokerPackage, 'url')).replace('{version}', 'x'));
    expect([...seen].filter((one) => !ssh.has(one))).toEqual([`${url.hostname}:${url.port}`]);
    expect([...seen].filter((one) => ssh.has(one)).length).toBeGreaterThan(4);
  });
});

async function describeRecord(): Promise<string> {
  return (await scenario().session.client.workflow.getHandle(`cluster/${CLUSTER}`).describe()).status.name;
}
