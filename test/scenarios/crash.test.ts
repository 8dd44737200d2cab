import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/domain/operations/index.js';
import { killBrokersTogether } from '../../src/sandbox/hosts/index.js';
import { createBrokerView, queueForOfflineClients, resumeOfflineClients } from '../../src/sandbox/fleet/index.js';
import { until } from '../support/until.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { effects, healthOf, serving } from './support/look.js';
import { useScenario } from './support/scenario.js';

const CLUSTER = 'crash';
const LONG = 120_000;
const SMALL = [{ check: 'recovery-host', reason: 'the machine of the tests is small, and so is the data' }];

const scenario = useScenario({ gates: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);

const healthy = async (version: string, ...names: string[]): Promise<void> => {
  expect(await healthOf(names.map((name) => scenario().stage.host(name)))).toEqual(
    Object.fromEntries(names.map((name) => [name, serving(version, names.length)])),
  );
};

/** Folders of data that were moved aside on a host. */
async function kept(name: string, reason: string): Promise<number> {
  const folder = path.join(scenario().stage.host(name).home, 'data-kept');
  return (await readdir(folder)).filter((entry) => entry.includes(reason)).length;
}

describe('a worker is killed after the effect and before its completion; another one goes on', () => {
  test('deployCluster, at the start of the first node', { timeout: LONG }, async () => {
    await workers.run('deployCluster', { spec: scenario().spec({ name: CLUSTER }) }, ['startNode']);
    await healthy('4.30.0', 'n1', 'n2', 'n3');
    expect(effects(scenario().stage.nodes)).toEqual({ n1: { start: 1 }, n2: { start: 1 }, n3: { start: 1 } });
  });

  test('checkCluster, at its only activity', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('checkCluster', {}, ['preparePlan']);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('scaleCluster, at the start of the new node', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('scaleCluster', { nodes: 4 }, ['startNode']);
    await healthy('4.30.0', 'n1', 'n2', 'n3', 'n4');
    expect(effects(scenario().stage.nodes, since)).toEqual({ n4: { start: 1 } });
  });

  test('decommissionNode, at the stop and when it is retired', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('decommissionNode', { node: 'n2' }, ['stopNode', 'retireNode']);
    await healthy('4.30.0', 'n1', 'n3', 'n4');
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: { 'stop-requested': 1, stopped: 1 } });
    expect(await kept('n2', 'retired')).toBe(1);
  });

  test('rollingUpgrade, at a stop and at a start', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('rollingUpgrade', { version: '4.31.0' }, ['stopNode', 'startNode']);
    await healthy('4.31.0', 'n1', 'n3', 'n4');
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n3: once, n4: once });
  });

  test('recoverCluster, when data is moved and at the import', { timeout: LONG }, async () => {
    const { stage } = scenario();
    const nodes = stage.nodes.map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 }));
    const view = createBrokerView(nodes);
    const endpoint = { host: stage.host('n4').address, port: 1883 };
    const sessions = await queueForOfflineClients(endpoint, { sessions: 20, messagesEach: 2 });
    await killBrokersTogether(['n1', 'n3'].map((name) => stage.host(name)));
    await until(async () => (await view.clusterSizes()).get('n4') === 1, 60_000);
    const left = new Set(await view.clients());
    expect(sessions.some(({ client }) => !left.has(client))).toBe(true);

    const since = Date.now();
    await workers.run('recoverCluster', { overrideChecks: SMALL }, ['moveData', 'importBackup']);
    await healthy('4.31.0', 'n1', 'n3', 'n4');
    expect(effects(stage.nodes, since)).toEqual({ n1: { start: 1 }, n3: { start: 1 }, n4: { restore: 1 } });
    expect(await Promise.all(['n1', 'n3'].map((name) => kept(name, 'recovery-')))).toEqual([1, 1]);
    const resumed = await resumeOfflineClients(endpoint, sessions);
    expect(
      resumed.map(({ sessionPresent, repeated, received }) => [sessionPresent, repeated, received.length]),
    ).toEqual(sessions.map(({ queued }) => [true, 0, queued.length]));
  });

  test('removeCluster, at a stop and when a node is retired', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('removeCluster', { confirm: CLUSTER }, ['stopNode', 'retireNode']);
    const once = { 'stop-requested': 1, stopped: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n3: once, n4: once });
    expect(scenario().stage.nodes.flatMap((host) => host.brokers())).toEqual([]);
    expect(await Promise.all(['n1', 'n3', 'n4'].map((name) => kept(name, 'retired')))).toEqual([1, 1, 1]);
  });

  test('every operation is tried here or in another scenario', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.membership);
    expect(Object.values(crashTests).flat().sort()).toEqual(Object.keys(operations).sort());
  });
});
