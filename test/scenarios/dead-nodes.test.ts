import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { queryRecord, uncordon } from '../../src/client/temporal/index.js';
import { licenseMarker } from '../../src/sandbox/broker/licenses.js';
import { buildExtension } from '../../src/sandbox/distribution/index.js';
import { createBrokerView, startFleet } from '../../src/sandbox/fleet/index.js';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { judgeMessages } from '../../src/sandbox/oracles/index.js';
import { GATE_PORT } from '../../src/sandbox/stage/index.js';
import { until } from '../support/until.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { effects, healthOf, serving, snapshot } from './support/look.js';
import { type PowerSwitch, startPowerSwitch } from './support/power-switch.js';
import { published } from './support/publish.js';
import { expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'dead';
const LONG = 180_000;

let power: PowerSwitch;
const scenario = useScenario({
  nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
  recovery: [],
  withWorker: false,
  fencing: async (stage, folder) => (power = await startPowerSwitch(stage, folder)),
});
const workers = new DeadWorkers(scenario, CLUSTER);

const host = (name: string): Host => scenario().stage.host(name);
const textOn = (name: string, file: string): string => readFileSync(path.join(host(name).home, file), 'utf8');

/** What has to be on each node of the cluster, by path. */
const belongings = [
  'license/prod.lic',
  'extensions/audit/hivemq-extension.xml',
  'extensions/audit/conf/audit.properties',
];

async function healthy(...names: string[]): Promise<void> {
  expect(await healthOf(names.map(host))).toEqual(
    Object.fromEntries(names.map((name) => [name, serving('4.30.0', names.length)])),
  );
  for (const name of names) {
    expect(listedOn(name)).toEqual(names);
    for (const file of belongings) expect(textOn(name, file), `${file} of ${name}`).toBe(textOn(names[0] ?? '', file));
    expect(textOn(name, 'log/hivemq.log')).toContain('Extension "audit" version 1.0.0 started successfully.');
  }
}

/** The nodes that a node's own configuration names as members. */
function listedOn(name: string): string[] {
  const discovery = /<discovery>.*<\/discovery>/s.exec(textOn(name, 'conf/config.xml'))?.[0] ?? '';
  return scenario().stage.nodes.flatMap((node) => (discovery.includes(`>${node.address}<`) ? [node.name] : []));
}

/** Names to which the gate sends new clients. */
function behindGate(): string[] {
  const states: unknown = JSON.parse(
    execFileSync(path.join(host('lb1').root, 'bin', 'gate'), ['states'], { encoding: 'utf8' }),
  );
  return Object.entries(z.record(z.string(), z.boolean()).parse(states))
    .flatMap(([name, open]) => (open ? [name] : []))
    .sort();
}

const membership = async () => (await queryRecord(scenario().session, CLUSTER)).membership;

/** Until the others have noticed that it is gone. */
const untilAlone = (...names: string[]): Promise<void> =>
  until(async () => {
    const found = Object.values(await healthOf(names.map(host)));
    return found.every((health) => health?.members === names.length);
  }, 60_000);

let present: WorkerProcess | undefined;

/** There is a worker that lives. */
async function employ(): Promise<void> {
  present ??= await scenario().worker();
}

/** Runs an operation over workers that die, and there is no other meanwhile. */
async function overDeadWorkers(...args: Parameters<typeof workers.run>): Promise<void> {
  await present?.stop();
  present = undefined;
  await workers.run(...args);
  await employ();
}

const run: ReturnType<typeof scenario>['run'] = (type, input) =>
  scenario().run(type, { cluster: CLUSTER, ...(typeof input === 'object' ? input : {}) });

async function completed(type: Parameters<typeof run>[0], input: object): Promise<void> {
  const { failure } = await run(type, input);
  if (failure !== undefined) throw new Error(`${type}: ${failure.kind}: ${failure.message}`);
}

const everything = () => snapshot(scenario().stage.hosts, { brokersRun: true });

beforeAll(async () => {
  const folder = path.join(scenario().folder, 'spec');
  const at = (name: string): string => path.join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(at('prod.lic'), `${licenseMarker}\nlicense-5d2e`);
  await buildExtension('audit', '1.0.0', at('audit.zip'));
  const spec = scenario().spec({
    name: CLUSTER,
    overrides: {
      licenses: [{ name: 'prod.lic', content: { file: at('prod.lic') } }],
      extensions: [
        {
          id: 'audit',
          content: { file: at('audit.zip') },
          files: { 'conf/audit.properties': { text: 'level=all\n' } },
        },
      ],
      fencing: { hook: 'power' },
    },
  });
  await employ();
  await completed('deployCluster', { spec: await published(scenario(), spec) });
}, LONG);

describe('forgetNode', () => {
  test('refuses a node that is alive, and changes nothing', { timeout: LONG }, async () => {
    await healthy('n1', 'n2', 'n3');
    const before = await everything();
    for (const input of [{ gone: ['n3'] }, { fence: true }])
      expectFailure(await run('forgetNode', { node: 'n3', ...input }), 'PlanRefused', 'n3 is alive');
    expectFailure(await run('forgetNode', { node: 'n9', fence: true }), 'UnknownNode', 'n9');
    expect(await everything()).toEqual(before);
    expect(power.asked).toEqual([]);
    expect((await membership()).members).toHaveLength(3);
  });

  test('refuses one that serves where the worker cannot reach it, confirmed or not', { timeout: LONG }, async () => {
    await host('n3').cutOff('refuse');
    await untilAlone('n1', 'n2');
    const before = await everything();
    for (const input of [{ gone: ['n3'] }, { fence: true }])
      expectFailure(
        await run('forgetNode', { node: 'n3', ...input }),
        'CheckFailed',
        'answers n1, though not the worker',
      );
    expect(await everything()).toEqual(before);
    expect(power.asked).toEqual([]);
  });

  test('refuses a silent one that nobody confirmed, and one that could not be fenced', { timeout: LONG }, async () => {
    await host('n3').kill9('broker');
    const before = await everything();
    expectFailure(await run('forgetNode', { node: 'n3' }), 'CheckFailed', 'check really-gone fails on n3');
    power.broken = true;
    const failed = await run('forgetNode', { node: 'n3', fence: true });
    expectFailure(failed, 'FencingFailed', 'n3 was not powered off');
    expect(failed.failure?.message).toContain('the switch does not answer');
    power.broken = false;
    expect(await everything()).toEqual(before);
    expect(await membership()).toMatchObject({ nodes: 3, cordoned: [] });
    expect(behindGate()).toContain('n3');
  });

  test('fences it, though workers die, and takes it out everywhere', { timeout: LONG }, async () => {
    const since = Date.now();
    await overDeadWorkers('forgetNode', { node: 'n3', fence: true }, ['fenceNode', 'dropNode']);
    expect(power.asked).toEqual(['n3']);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    await healthy('n1', 'n2');
    expect(await membership()).toMatchObject({ nodes: 2, cordoned: [{ host: 'n3', reason: 'forgotten' }] });
    expect(behindGate()).toEqual(['n1', 'n2']);
    expect(await run('scaleCluster', { nodes: 3, dryRun: true })).toMatchObject({
      report: { members: ['n1', 'n2', 'n4'] },
    });
  });

  test('a host that comes back is put in order, and is a node again when somebody wants it', {
    timeout: LONG,
  }, async () => {
    await power.on('n3');
    await completed('forgetNode', { node: 'n3' });
    expect(await readdir(path.join(host('n3').home, 'data-kept'))).toEqual([expect.stringMatching(/-retired$/)]);
    await uncordon(scenario().session, CLUSTER, 'n3');
    await completed('scaleCluster', { nodes: 3 });
    await healthy('n1', 'n2', 'n3');
  });
});

describe('replaceNode', () => {
  test('refuses a host that is none, or a member', { timeout: LONG }, async () => {
    const before = await everything();
    expectFailure(await run('replaceNode', { node: 'n2', with: 'n9' }), 'PlanRefused', 'n9 is no host');
    expectFailure(await run('replaceNode', { node: 'n2', with: 'n1' }), 'PlanRefused', 'n1 is a member already');
    expect(await everything()).toEqual(before);
  });

  test('rebuilds a dead node on a spare host with everything, though workers die', { timeout: LONG }, async () => {
    await power.off('n2');
    await untilAlone('n1', 'n3');
    const since = Date.now();
    await overDeadWorkers('replaceNode', { node: 'n2', gone: ['n2'] }, ['startNode']);
    expect(effects(scenario().stage.nodes, since)).toEqual({ n4: { start: 1 } });
    await healthy('n1', 'n3', 'n4');
    const { nodes, cordoned, replacements } = await membership();
    expect({ nodes, replacements }).toEqual({ nodes: 3, replacements: undefined });
    expect(cordoned).toMatchObject([{ host: 'n2', reason: 'replaced' }]);
    expect(behindGate()).toEqual(['n1', 'n3', 'n4']);
  });

  test('rebuilds a living node under clients, and none loses a message', { timeout: LONG }, async () => {
    const nodes = scenario().stage.nodes.map(({ name, address }) => ({
      name,
      address,
      restPort: 8888,
      healthPort: 8889,
    }));
    const endpoint = { host: host('lb1').address, port: GATE_PORT };
    const fleet = await startFleet({ endpoint, view: createBrokerView(nodes), clients: 12 });
    try {
      const since = Date.now();
      await completed('replaceNode', { node: 'n1', with: 'n5' });
      await fleet.quiesce();
      expect(effects(scenario().stage.nodes, since)).toEqual({
        n1: { 'stop-requested': 1, stopped: 1 },
        n5: { start: 1 },
      });
      const verdict = judgeMessages({ events: fleet.log.events() });
      expect(verdict).toMatchObject({ lost: 0, duplicated: 0 });
      expect(verdict.published).toBeGreaterThan(0);
    } finally {
      await fleet.stop();
    }
    await healthy('n3', 'n4', 'n5');
    expect(await membership()).toMatchObject({
      nodes: 3,
      cordoned: [{ host: 'n2' }, { host: 'n1', reason: 'replaced' }],
    });
    expect(behindGate()).toEqual(['n3', 'n4', 'n5']);
  });

  test('asked for again it finds nothing to do; with no host left it is refused', { timeout: LONG }, async () => {
    const before = await everything();
    expect(await run('replaceNode', { node: 'n1' })).toMatchObject({ report: { changes: [] } });
    expectFailure(await run('replaceNode', { node: 'n3' }), 'PlanRefused', 'no host is free');
    expect(await everything()).toEqual(before);
  });

  test('both are tried over dead workers', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.deadNodes);
  });
});
