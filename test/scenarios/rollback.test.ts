import { afterAll, describe, expect, test } from 'vitest';
import { queryRecord } from '../../src/client/temporal/index.js';
import { queueForOfflineClients, resumeOfflineClients } from '../../src/sandbox/fleet/index.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import { steeringOf } from './support/steering.js';

const CLUSTER = 'rollback';
const LONG = 120_000;
const MEMBERS = ['n1', 'n2', 'n3'];

const scenario = useScenario({ nodes: MEMBERS, gates: [], recovery: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const desk = openDesk();
afterAll(() => desk.clear());
const { cli, untilStep } = steeringOf(scenario, desk);

const once = { 'stop-requested': 1, stopped: 1, start: 1 };

/** All members serve, with these versions. */
async function expectVersions(versions: Readonly<Record<string, string>>): Promise<void> {
  expect(await healthOf(scenario().stage.nodes)).toEqual(
    Object.fromEntries(MEMBERS.map((name) => [name, serving(versions[name] ?? '4.30.0', MEMBERS.length)])),
  );
}

const recordedVersion = async (): Promise<unknown> => (await queryRecord(scenario().session, CLUSTER)).spec?.['broker'];

describe('an operation is taken back', () => {
  test('an upgrade that was cancelled after its first node, over dead workers and without losing an item', {
    timeout: LONG,
  }, async () => {
    const worker = await scenario().worker();
    const policy = { drain: { clientsPerSecond: 100, timeout: '1m' }, upgrade: { canary: 0, soak: '0s' } };
    const spec = scenario().spec({ name: CLUSTER, nodes: 3, overrides: { policy } });
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec });
    const endpoint = { host: scenario().stage.host('n3').address, port: 1883 };
    const sessions = await queueForOfflineClients(endpoint, { sessions: 20, messagesEach: 2 });

    const upgrade = await scenario().start('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    const first = await untilStep(upgrade.workflowId, 'stopNode');
    expect(await cli('cancel', upgrade.workflowId)).toMatchObject({ code: 0 });
    expectFailure(
      await scenario().endOf(upgrade),
      'Cancelled',
      `take it back with: hivekeeper rollback ${upgrade.workflowId}`,
    );
    await expectVersions({ [first]: '4.31.0' });
    await worker.stop();

    const since = Date.now();
    await workers.run('rollBack', { operation: upgrade.workflowId }, ['stopNode', 'startNode']);
    await expectVersions({});
    // Only the node that the upgrade had reached was touched, and only once.
    expect(effects(scenario().stage.nodes, since)).toEqual({ [first]: once });
    expect(await recordedVersion()).toMatchObject({ version: '4.30.0' });
    const resumed = await resumeOfflineClients(endpoint, sessions);
    expect(
      resumed.map(({ sessionPresent, repeated, received }) => [sessionPresent, repeated, received.length]),
    ).toEqual(sessions.map(({ queued }) => [true, 0, queued.length]));
    expect([...workers.covered]).toEqual(crashTests.undo);
  });

  test('a change of the log level goes back to the level of before', { timeout: LONG }, async () => {
    await scenario().worker();
    await scenario().complete('setLogLevel', { cluster: CLUSTER, level: 'DEBUG' });
    const since = Date.now();
    const { code, stdout } = await cli('rollback', CLUSTER, '--wait');
    expect(stdout).toContain('Take setLogLevel of rollback back');
    expect(code).toBe(0);
    const { spec } = await queryRecord(scenario().session, CLUSTER);
    expect(spec).toMatchObject({ logLevel: 'INFO' });
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('an upgrade that is finished is behind the point of no return; nothing is touched', {
    timeout: LONG,
  }, async () => {
    await scenario().complete('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    const since = Date.now();
    const { code, stderr } = await cli('rollback', CLUSTER, '--wait');
    expect(stderr).toContain('no member runs 4.30.0 any more');
    expect(code).toBe(4);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    await expectVersions({ n1: '4.31.0', n2: '4.31.0', n3: '4.31.0' });
    expect(await recordedVersion()).toMatchObject({ version: '4.31.0' });
  });
});
