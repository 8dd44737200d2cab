import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryRecord } from '../../src/client/temporal/index.js';
import { type OfflineSession, queueForOfflineClients, resumeOfflineClients } from '../../src/sandbox/fleet/index.js';
import { GATE_PORT, type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { until } from '../support/until.js';
import { effects, healthOf, serving } from './support/look.js';
import { type End, expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'life';
const LONG = 120_000;
const MEMBERS = ['n1', 'n2', 'n3'];

const scenario = useScenario({
  withWorker: false,
  broken: {
    '4.31.1': 'exit /hosts/n2/',
    '4.31.2': 'default-config /hosts/n2/',
    '4.31.3': 'alone /hosts/n2/',
    '4.31.4': 'errors /hosts/n1/',
  },
});
let worker: WorkerProcess;
let monitor: Monitor;
let sessions: OfflineSession[] = [];

beforeAll(async () => {
  monitor = startMonitor(scenario().stage.nodes);
  worker = await scenario().worker();
}, LONG);
afterAll(() => monitor.stop());

const at = (name: string, ...parts: string[]): string => path.join(scenario().stage.host(name).home, ...parts);
const identity = (name: string): string => readFileSync(at(name, '.hivekeeper/node.json'), 'utf8');
const spec = (version: string, surge: 'required' | 'never', nodes: number): Record<string, unknown> =>
  scenario().spec({
    ...{ version, nodes },
    overrides: {
      broker: { ...brokerOf(version) },
      policy: {
        drain: { clientsPerSecond: 500, timeout: '1m' },
        upgrade: { surge, canary: 1, soak: '2s' },
      },
    },
  });
const brokerOf = (version: string): object => {
  const { packages, stage } = scenario();
  const user = stage.nodes[0]?.brokerUser;
  return { product: 'hivemq', version, package: packages.brokerPackage, user, supervisor: 'process' };
};
const gate = () => ({ host: scenario().stage.host('lb1').address, port: GATE_PORT });
const deploy = (version: string, surge: 'required' | 'never', nodes = MEMBERS.length) =>
  scenario().complete('deployCluster', { cluster: CLUSTER, spec: spec(version, surge, nodes) });

/** What the members run, by their own APIs: each sees all three. */
const expectRunning = async (versions: Readonly<Record<string, string>>): Promise<void> => {
  const hosts = MEMBERS.map((name) => scenario().stage.host(name));
  expect(await healthOf(hosts)).toEqual(
    Object.fromEntries(MEMBERS.map((name) => [name, serving(versions[name] ?? '', MEMBERS.length)])),
  );
};

const recordedVersion = async (): Promise<unknown> => {
  const record = await queryRecord(scenario().session, CLUSTER);
  const broker: unknown = record.spec?.['broker'];
  return typeof broker === 'object' && broker !== null && Reflect.get(broker, 'version');
};

/** Upgrades, and holds what nobody may see meanwhile. */
async function upgrade(version: string): Promise<End> {
  const since = Date.now();
  const end = await scenario().run('rollingUpgrade', { cluster: CLUSTER, version });
  expect(monitor.maxSimultaneouslyDown(MEMBERS, since, Date.now())).toBeLessThanOrEqual(1);
  return end;
}

const keptFor = (name: string, version: string): string[] =>
  readdirSync(at(name, 'data-kept')).filter((folder) => folder.endsWith(`-upgrade-${version}`));

describe('an upgrade', () => {
  test('with a surge node: a spare joins first and is a spare again afterwards', { timeout: LONG }, async () => {
    // Nodes are rolled in the order in which they became members: n3 joins after n2, and not beside it.
    await deploy('4.30.0', 'required', 2);
    await deploy('4.30.0', 'required');
    sessions = await queueForOfflineClients(gate(), { sessions: 30, messagesEach: 2 });
    const since = Date.now();
    expect((await upgrade('4.31.0')).failure).toBeUndefined();
    await expectRunning({ n1: '4.31.0', n2: '4.31.0', n3: '4.31.0' });
    const once = { start: 1, 'stop-requested': 1, stopped: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once, n4: once });
    expect(readdirSync(at('n4', 'data-kept'))).toContainEqual(expect.stringMatching(/-retired$/));
    const { membership } = await queryRecord(scenario().session, CLUSTER);
    expect(membership).toMatchObject({ nodes: 3, cordoned: [] });
    expect([membership.surge, membership.members.map(({ host }) => host)]).toEqual([undefined, MEMBERS]);
    expect(JSON.parse(identity('n1'))).toMatchObject({ soak: { version: '4.31.0', done: true } });
  });

  test('whose second node does not start: it runs the old version again', { timeout: LONG }, async () => {
    await deploy('4.31.0', 'never');
    expectFailure(await upgrade('4.31.1'), 'NotTakenUp', 'n2 runs 4.31.0 again');
    await expectRunning({ n1: '4.31.1', n2: '4.31.0', n3: '4.31.0' });
    expect(await recordedVersion()).toBe('4.31.1');
  });

  test('whose second node takes its default configuration, and whose worker dies as it goes back', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const operation = await scenario().start('rollingUpgrade', { cluster: CLUSTER, version: '4.31.2' });
    await until(() => identity('n2').includes('Using default config'), 60_000);
    process.kill(worker.pid, 'SIGKILL');
    await worker.ended;
    worker = await scenario().worker();
    const end = await scenario().endOf(operation);
    expectFailure(end, 'NotTakenUp', 'Using default config');
    expectFailure(end, 'NotTakenUp', 'n2 runs 4.31.0 again');
    await expectRunning({ n1: '4.31.2', n2: '4.31.0', n3: '4.31.0' });
    expect(monitor.maxSimultaneouslyDown(MEMBERS, since, Date.now())).toBe(1);
    expect(keptFor('n2', '4.31.2').length).toBeLessThanOrEqual(1);
  });

  test('whose second node serves without joining', { timeout: LONG }, async () => {
    expectFailure(await upgrade('4.31.3'), 'NotTakenUp', 'serves as a cluster of its own');
    await expectRunning({ n1: '4.31.3', n2: '4.31.0', n3: '4.31.0' });
  });

  test('whose canary fails its soak: no member has the version, and neither has the record', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const end = await upgrade('4.31.4');
    expectFailure(end, 'NotTakenUp', 'errors to its log');
    expectFailure(end, 'NotTakenUp', 'n1 runs 4.31.3 again');
    await expectRunning({ n1: '4.31.3', n2: '4.31.0', n3: '4.31.0' });
    expect(Object.keys(effects(scenario().stage.nodes, since))).toEqual(['n1']);
    expect(keptFor('n1', '4.31.4')).toHaveLength(1);
    expect(await recordedVersion()).toBe('4.31.3');
  });

  test('has lost nothing in all of that', { timeout: LONG }, async () => {
    const resumed = await resumeOfflineClients(gate(), sessions);
    expect(resumed.map(({ sessionPresent, received }) => [sessionPresent, received.length])).toEqual(
      sessions.map(({ queued }) => [true, queued.length]),
    );
    // What became of clients stands where a soak looks.
    const events = MEMBERS.map((name) => readFileSync(at(name, 'log/event.log'), 'utf8')).join('');
    expect(events).toMatch(/^[0-9-]{10} [0-9:,]{12} - Client ID: .* disconnected gracefully\.$/m);
  });
});
