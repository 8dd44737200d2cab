import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { licenseMarker } from '../../src/sandbox/distribution/index.js';
import { createBrokerView, type Fleet, startFleet } from '../../src/sandbox/fleet/index.js';
import type { HandMade } from '../../src/sandbox/hosts/index.js';
import { judgeMessages } from '../../src/sandbox/oracles/index.js';
import { GATE_PORT } from '../../src/sandbox/stage/stage.js';
import { mustSkip } from '../support/requirements.js';
import { programRequirement } from '../support/service-requirements.js';
import { until } from '../support/until.js';
import { handMadeOutline, makeByHand, untouched } from './support/by-hand.js';
import { commandLine, type Typed } from './support/command-line.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'found';
const LONG = 180_000;
const members = ['n1', 'n2', 'n3'];
const openssl = programRequirement('openssl', 'openssl');

describe.skipIf(mustSkip(openssl))('a cluster that was made by hand, under clients', () => {
  const scenario = useScenario({ withWorker: false });
  const workers = new DeadWorkers(scenario, CLUSTER);
  let made: ReadonlyMap<string, HandMade> = new Map();
  let fleet: Fleet;
  let worker: WorkerProcess;
  const host = (name: string) => scenario().stage.host(name);
  const home = (name: string): string => made.get(name)?.home ?? host(name).home;
  const at = (name: string, file: string): string => path.join(home(name), file);
  const text = (name: string, file: string): string => readFileSync(at(name, file), 'utf8');
  const homes = () => members.map((name) => ({ host: host(name), home: made.get(name)?.versionFolder ?? '' }));
  const pids = () =>
    members.map((name) =>
      host(name)
        .brokers()
        .map(({ pid, startTime }) => [name, pid, startTime]),
    );
  const outline = () => handMadeOutline(scenario(), CLUSTER, made);
  const secrets = () => [...new Set([...made.values()].flatMap((one) => one.secrets))];
  /** A command that must end well. */
  const hivekeeper = async (...args: string[]): Promise<Typed> => {
    const typed = await commandLine(scenario()).type(...args);
    if (typed.code !== 0)
      throw new Error(`hivekeeper ${args.join(' ')}: ${typed.code}: ${typed.stderr}${typed.stdout}`);
    return typed;
  };
  const data = (): string[] => ['--data', path.join(scenario().folder, 'worker', 'data')];
  const lost = () => judgeMessages({ events: fleet.log.events() });

  beforeAll(async () => {
    const { stage } = scenario();
    made = await makeByHand(stage, members, { version: '4.30.0' });
    await until(
      async () =>
        JSON.stringify(await healthOf(members.map(host))) ===
        JSON.stringify(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)]))),
      60_000,
    );
    const gate = path.join(host('lb1').root, 'bin', 'gate');
    for (const name of members) execFileSync(gate, ['enable', name, `${host(name).address}:1883`]);
    const view = createBrokerView(
      stage.nodes.map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 })),
    );
    fleet = await startFleet({ endpoint: { host: host('lb1').address, port: GATE_PORT }, view, clients: 12 });
    commandLine(scenario()).write('outline.json', outline());
  }, LONG);
  afterAll(() => fleet.stop());

  test('a dry run tells what there is as a spec, without a secret, and touches nothing', {
    timeout: LONG,
  }, async () => {
    worker = await scenario().worker();
    const [before, ran] = [await untouched(homes()), pids()];
    const typed = await hivekeeper('adopt', 'outline.json', '--dry-run', '--write', 'dry.yaml', ...data());
    await worker.stop();
    for (const name of members) {
      const [broker] = host(name).brokers();
      expect(typed.stdout).toContain(`runs as ${host(name).brokerUser}, pid ${broker?.pid}`);
    }
    expect(typed.stdout).toContain('HiveMQ 4.30.0 in');
    expect(typed.stdout).toContain('licenses: company.lic');
    expect(typed.stdout).toContain('hello-extension 1.2.0');
    expect(typed.stdout).toContain('no systemd unit keeps it');
    const spec = readFileSync(path.join(scenario().folder, 'dry.yaml'), 'utf8');
    expect(spec).toContain('version: 4.30.0');
    for (const secret of secrets()) expect(`${typed.stdout}${typed.stderr}${spec}`).not.toContain(secret);
    expect(await untouched(homes())).toEqual(before);
    for (const name of members) expect(existsSync(at(name, '.hivekeeper'))).toBe(false);
    expect(pids()).toEqual(ran);
  });

  test('it is refused whole, with what to do, where a node does not run or belongs to somebody else', {
    timeout: LONG,
  }, async () => {
    worker = await scenario().worker();
    const adoption = (spec: object) => scenario().run('adoptCluster', { cluster: CLUSTER, dryRun: true, spec });
    expectFailure(await adoption({ ...outline(), nodes: 2 }), 'PlanRefused', 'nodes is 2');
    const [state, identity] = [at('n2', '.hivekeeper'), { cluster: 'other', node: 'n2', token: 1, status: 'member' }];
    mkdirSync(state);
    writeFileSync(path.join(state, 'node.json'), JSON.stringify(identity));
    expectFailure(await adoption(outline()), 'PlanRefused', 'n2: its');
    rmSync(state, { recursive: true });
    await worker.stop();
  });

  test('it is taken into care over a dead worker; no process and no file outside .hivekeeper is another', {
    timeout: LONG,
  }, async () => {
    const [before, ran, since] = [await untouched(homes()), pids(), Date.now()];
    await workers.run('adoptCluster', { spec: outline() }, ['preparePlan', 'adoptNode']);
    expect(await untouched(homes())).toEqual(before);
    expect(pids()).toEqual(ran);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    for (const name of members) {
      const identity: unknown = JSON.parse(text(name, '.hivekeeper/node.json'));
      expect(identity).toMatchObject({ cluster: CLUSTER, node: name, status: 'member', layout: 'adopted' });
    }
  });

  test('again there is nothing to do; its plan is empty, it serves, and its checks hold', {
    timeout: LONG,
  }, async () => {
    worker = await scenario().worker();
    const again = await hivekeeper('adopt', 'outline.json', '--wait', '--write', 'found.yaml', ...data());
    expect(again.stdout).toContain('Adopt found: completed');
    const plan = await hivekeeper('plan', 'found.yaml', '--exit-code', ...data());
    expect(plan.stdout).toContain('nothing to do');
    const status = await hivekeeper('status', CLUSTER);
    expect(status.stdout.match(/serving/g)).toHaveLength(3);
    await hivekeeper('check', CLUSTER);
  });

  test('a license that is added is taken up while the brokers run, and the rest is left as it was', {
    timeout: LONG,
  }, async () => {
    const [ran, logback] = [pids(), text('n1', 'conf/logback.xml')];
    await scenario().complete('addLicense', {
      cluster: CLUSTER,
      name: 'more.elic',
      content: { base64: Buffer.from(`${licenseMarker}\n`).toString('base64') },
    });
    for (const name of members) expect(text(name, 'log/hivemq.log')).toContain('License file more.elic is valid.');
    expect(pids()).toEqual(ran);
    expect(text('n1', 'conf/logback.xml')).toBe(logback);
    expect(existsSync(at('n1', 'conf/hivekeeper.env'))).toBe(false);
  });

  test('an upgrade without the secrets at the worker is refused before anything is stopped', {
    timeout: LONG,
  }, async () => {
    const [ran, since] = [pids(), Date.now()];
    const refused = await scenario().run('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    expectFailure(refused, 'SecretMissing', '{ env: ');
    expect(pids()).toEqual(ran);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('the upgrade loses no message and brings the layout of every node in order', { timeout: LONG }, async () => {
    const { stdout } = await hivekeeper('adopt', 'outline.json', '--dry-run', '--json', ...data());
    for (const name of referencesIn(stdout)) process.env[name] = secrets()[0];
    await worker.stop();
    worker = await scenario().worker();
    const [since, originals] = [Date.now(), new Map(members.map((name) => [name, text(name, 'conf/config.xml')]))];
    const inodes = members.map((name) => lstatSync(at(name, 'data')).ino);
    await scenario().complete('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once });
    expect(await healthOf(members.map(host))).toEqual(
      Object.fromEntries(members.map((name) => [name, serving('4.31.0', 3)])),
    );
    for (const name of members) {
      expect(existsSync(at(name, 'bin'))).toBe(false);
      expect(readdirSync(at(name, 'packages')).sort()).toEqual(['hivemq-4.30.0', 'hivemq-4.31.0']);
      expect(readlinkSync(at(name, 'current'))).toBe('packages/hivemq-4.31.0');
      expect(text(name, '.hivekeeper/adopted/conf/config.xml')).toBe(originals.get(name));
      expect(text(name, 'log/hivemq.log')).toContain('Extension "hello-extension" version 1.2.0 started successfully.');
      const identity: unknown = JSON.parse(text(name, '.hivekeeper/node.json'));
      expect(identity).not.toHaveProperty('layout');
      expect(readlinkSync(home(name))).toBe('hivemq-4.30.0');
    }
    expect(members.map((name) => lstatSync(at(name, 'data')).ino)).toEqual(inodes);
    await fleet.quiesce();
    expect(lost()).toMatchObject({ lost: 0, duplicated: 0 });
    expect(lost().published).toBeGreaterThan(100);
    fleet.resume();
  });

  test('a node that is added has the license and the extension', { timeout: LONG }, async () => {
    await scenario().complete('scaleCluster', { cluster: CLUSTER, nodes: 4 });
    expect(await healthOf([...members, 'n4'].map(host))).toMatchObject({ n4: serving('4.31.0', 4) });
    const log = text('n4', 'log/hivemq.log');
    expect(log).toContain('License file company.lic is valid.');
    expect(log).toContain('License file more.elic is valid.');
    expect(log).toContain('Extension "hello-extension" version 1.2.0 started successfully.');
    await fleet.quiesce();
    expect(lost()).toMatchObject({ lost: 0, duplicated: 0 });
  });

  test('every operation of its kind is tried here', () => {
    expect([...workers.covered]).toEqual(crashTests.adoption);
  });
});

/** Names of variables that a plan says the worker needs. */
function referencesIn(json: string): string[] {
  return [...json.matchAll(/"reference":\s*"([A-Z0-9_]+)"/g)].map(([, name = '']) => name);
}
