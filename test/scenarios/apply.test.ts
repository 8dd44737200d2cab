import { readFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { specChangeSchema } from '../../src/domain/changes/index.js';
import { nodeChangeSchema } from '../../src/domain/plan/index.js';
import { cancel } from '../../src/client/temporal/index.js';
import { createBrokerView, type Fleet, startFleet } from '../../src/sandbox/fleet/index.js';
import { judgeMessages } from '../../src/sandbox/oracles/index.js';
import { GATE_PORT, type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { until } from '../support/until.js';
import { commandLine } from './support/command-line.js';
import { effects, healthOf, serving, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const LONG = 120_000;
const CLUSTER = 'apply';
const members = ['n1', 'n2', 'n3'];
const once = { 'stop-requested': 1, stopped: 1, start: 1 };

const scenario = useScenario();
let monitor: Monitor;
let fleet: Fleet | undefined;

beforeAll(() => {
  monitor = startMonitor(scenario().stage.nodes);
});
afterAll(async () => {
  await fleet?.stop();
  monitor.stop();
});

const nodes = () => members.map((name) => scenario().stage.host(name));
const fileOf = (name: string, file: string): string =>
  readFileSync(path.join(scenario().stage.host(name).home, file), 'utf8');
const look = () => snapshot(scenario().stage.hosts, { brokersRun: true });
const typed = (...args: string[]) => commandLine(scenario()).type(...args);

/** The spec of the cluster with these keys instead, also as the file `spec.json`. */
function spec(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const whole = scenario().spec({ name: CLUSTER, overrides });
  commandLine(scenario()).write('spec.json', whole);
  return whole;
}

const tcp = { type: 'tcp', port: 1883, bindAddress: 'host' };
const websocket = { type: 'websocket', port: 8000, bindAddress: 'host' };
const cluster = (more: object = {}) => ({
  replicaCount: 2,
  transport: { type: 'tcp', bindPort: 7800 },
  discovery: { type: 'static' },
  ...more,
});
const slower = cluster({ failureDetection: { heartbeat: { interval: 4000, timeout: 12_000 } } });
/** A listener, the level of the log and the heartbeat at once. */
const changed = { listeners: [tcp, websocket], logLevel: 'DEBUG', cluster: slower };

const planSchema = z.object({
  plan: z.object({
    difference: z.array(specChangeSchema),
    nodes: z.array(nodeChangeSchema),
    members: z.array(z.string()),
  }),
});
/** The plan of `spec.json`, its nodes by name: the record has them in the order in which they joined. */
async function planned() {
  const { plan } = planSchema.parse(JSON.parse((await typed('plan', 'spec.json', '--json')).stdout));
  return { ...plan, nodes: plan.nodes.sort((one, other) => one.host.localeCompare(other.host)) };
}

const change = (kind: string) => members.map((host) => expect.objectContaining({ host, change: kind }) as unknown);

describe('a changed spec on a cluster with clients', () => {
  test('plan of a cluster that was never deployed shows what deploy would do', { timeout: LONG }, async () => {
    spec();
    const before = await snapshot(scenario().stage.hosts);
    const ran = await typed('plan', 'spec.json');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^Deploy apply: \d+ steps\n/);
    expect(await snapshot(scenario().stage.hosts)).toEqual(before);
  });

  test('plan of the deployed file finds nothing', { timeout: LONG }, async () => {
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: spec() });
    const ran = await typed('plan', 'spec.json', '--exit-code');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^Apply the spec to apply: nothing to do\n/);
  });

  test('what plan shows is what apply does, and no acknowledged message is lost', { timeout: LONG }, async () => {
    const view = createBrokerView(
      nodes().map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 })),
    );
    fleet = await startFleet({
      endpoint: { host: scenario().stage.host('lb1').address, port: GATE_PORT },
      view,
      clients: 12,
    });
    spec(changed);
    const before = await look();
    const plan = await planned();
    expect(plan.difference.map(({ sign, path: key, effect }) => `${sign} ${key} ${effect}`).sort()).toEqual([
      '+ cluster.failureDetection.heartbeat.interval restart',
      '+ cluster.failureDetection.heartbeat.timeout restart',
      '+ listeners[websocket:8000] restart',
      '~ logLevel hot',
    ]);
    expect(plan.nodes).toEqual(change('restarts'));
    for (const { why } of plan.nodes) expect(why).toContain('conf/config.xml differs');
    expect(await look()).toEqual(before);
    expect(await typed('plan', 'spec.json', '--exit-code')).toMatchObject({ code: 6 });

    const since = Date.now();
    expect(await typed('apply', 'spec.json', '--wait')).toMatchObject({ code: 0 });
    expect(effects(scenario().stage.nodes, since)).toEqual(Object.fromEntries(members.map((name) => [name, once])));
    expect(monitor.maxSimultaneouslyDown(members, since, Date.now())).toBe(1);
    expect(await healthOf(nodes())).toEqual(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)])));
    for (const { name, address } of nodes()) {
      expect(fileOf(name, 'conf/config.xml')).toContain('<interval>4000</interval>');
      expect(fileOf(name, 'conf/logback.xml')).toMatch(/<root level="DEBUG">/);
      const client = await connectAsync(`ws://${address}:8000/mqtt`, { reconnectPeriod: 0 });
      await client.endAsync();
    }
    await fleet.quiesce();
    const messages = judgeMessages({ events: fleet.log.events() });
    expect(messages).toMatchObject({ lost: 0, duplicated: 0, examples: [] });
    expect(messages.published).toBeGreaterThan(50);
    fleet.resume();
  });

  test('a second apply changes nothing and restarts nothing', { timeout: LONG }, async () => {
    const [before, since] = [await look(), Date.now()];
    const report = await scenario().complete('applySpec', { cluster: CLUSTER, spec: spec(changed) });
    expect(report).toMatchObject({ status: 'completed', changes: [], steps: [] });
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(await look()).toEqual(before);
  });

  test('what is hot alone restarts nobody, by apply and by setLogLevel alike', { timeout: LONG }, async () => {
    const since = Date.now();
    spec({ ...changed, logLevel: 'WARN' });
    expect((await planned()).nodes).toEqual(change('hot'));
    expect(await typed('apply', 'spec.json', '--wait')).toMatchObject({ code: 0 });
    for (const name of members) expect(fileOf(name, 'conf/logback.xml')).toMatch(/<root level="WARN">/);

    const level = { cluster: CLUSTER, level: 'INFO' };
    const report = await scenario().complete('setLogLevel', level);
    expect(report.steps.map(({ id, status }) => [id, status]).sort()).toEqual(
      members.map((name) => [`${name}/applySettings`, 'done']),
    );
    for (const name of members) expect(fileOf(name, 'conf/logback.xml')).toMatch(/<root level="INFO">/);
    expect(await scenario().complete('setLogLevel', level)).toMatchObject({ changes: [], steps: [] });
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    // The record has the level too: the file with the level of before sets it back.
    expect((await planned()).difference).toEqual([
      expect.objectContaining({ path: 'logLevel', before: 'INFO', after: 'WARN' }),
    ]);
  });

  test('what cannot be changed in place is refused at once, before anything is touched', {
    timeout: LONG,
  }, async () => {
    const before = await look();
    const moved = cluster({ transport: { type: 'tcp', bindPort: 7900 } });
    const wanted = { cluster: CLUSTER, spec: spec({ ...changed, logLevel: 'INFO', cluster: { ...slower, ...moved } }) };
    const refused = await scenario().run('applySpec', wanted);
    expectFailure(refused, 'PlanRefused', '~ cluster.transport.bindPort: 7800 -> 7900: cannot be changed in place');
    spec({ cluster: { ...moved, enabled: false }, restApi: { enabled: true, port: 8888, bindAddress: 'loopback' } });
    const ran = await typed('plan', 'spec.json');
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('cluster.transport.bindPort');
    expect(ran.stderr).toContain('cluster.enabled');
    expectFailure(await scenario().run('deployCluster', wanted), 'PlanRefused', 'bindPort');
    expect(await look()).toEqual(before);
  });

  test('an apply that was cancelled goes on where it stopped', { timeout: LONG }, async () => {
    const wanted = { cluster: CLUSTER, spec: spec({ listeners: [tcp], cluster: slower }) };
    const since = Date.now();
    const started = await scenario().start('applySpec', wanted);
    await until(() => effects(scenario().stage.nodes, since)['n1']?.['start'] === 1, 60_000);
    await cancel(scenario().session, started.workflowId);
    expectFailure(await scenario().endOf(started), 'Cancelled', '');
    const first = Object.keys(effects(scenario().stage.nodes, since));
    expect(first.length).toBeLessThan(3);
    await scenario().complete('applySpec', wanted);
    expect(effects(scenario().stage.nodes, since)).toEqual(Object.fromEntries(members.map((name) => [name, once])));
  });

  test('restartNode restarts that one', { timeout: LONG }, async () => {
    const since = Date.now();
    expect(await typed('restart-node', CLUSTER, 'n2', '--wait')).toMatchObject({ code: 0 });
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: once });
  });

  test('rollingRestart restarts all, one at a time, and wants a reason', { timeout: LONG }, async () => {
    expect(await typed('restart', CLUSTER, '--wait')).toMatchObject({ code: 2 });
    const since = Date.now();
    expect(await typed('restart', CLUSTER, '--reason', 'new limits', '--wait')).toMatchObject({ code: 0 });
    expect(effects(scenario().stage.nodes, since)).toEqual(Object.fromEntries(members.map((name) => [name, once])));
    expect(monitor.maxSimultaneouslyDown(members, since, Date.now())).toBe(1);
  });

  test('clients reach what endpoints shows', { timeout: LONG }, async () => {
    const shown = await typed('endpoints', CLUSTER);
    const urls = [...shown.stdout.matchAll(/mqtt:\/\/\S+/g)].map(([url]) => url).sort();
    expect(urls).toEqual(nodes().map(({ address }) => `mqtt://${address}:1883`));
    for (const url of urls) {
      const client = await connectAsync(url, { reconnectPeriod: 0 });
      await client.endAsync();
    }
    expect(shown.stdout).toContain('steered by the hook stage-gate');
  });

  test('no acknowledged message was lost in all of it', { timeout: LONG }, async () => {
    await fleet?.quiesce();
    expect(judgeMessages({ events: fleet?.log.events() ?? [] })).toMatchObject({ lost: 0, duplicated: 0 });
  });
});
