import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { queryRecord } from '../../src/client/temporal/index.js';
import { type OfflineSession, queueForOfflineClients, resumeOfflineClients } from '../../src/sandbox/fleet/index.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { killBrokersTogether } from '../../src/sandbox/hosts/index.js';
import { mustSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import { steeringOf } from './support/steering.js';

const CLUSTER = 'rollback';
const LONG = 180_000;
const MEMBERS = ['n1', 'n2', 'n3'];

const scenario = useScenario({ nodes: MEMBERS, gates: [], recovery: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const desk = openDesk();
afterAll(() => desk.clear());
const { cli, progress, untilStep } = steeringOf(scenario, desk);

const once = { 'stop-requested': 1, stopped: 1, start: 1 };

/** All members serve, with these versions. */
async function expectVersions(versions: Readonly<Record<string, string>>): Promise<void> {
  expect(await healthOf(scenario().stage.nodes)).toEqual(
    Object.fromEntries(MEMBERS.map((name) => [name, serving(versions[name] ?? '4.30.0', MEMBERS.length)])),
  );
}

const recordedVersion = async (): Promise<unknown> => (await queryRecord(scenario().session, CLUSTER)).spec?.['broker'];

const fromOutside = () => ({ host: scenario().stage.host('n3').address, port: 1883 });

describe('an operation is taken back', () => {
  let upgrade: string;
  let sessions: OfflineSession[];

  test('an upgrade is cancelled while its first node is stopped', { timeout: LONG }, async () => {
    const worker = await scenario().worker();
    const policy = { drain: { clientsPerSecond: 100, timeout: '1m' }, upgrade: { canary: 0, soak: '0s' } };
    const spec = scenario().spec({ name: CLUSTER, nodes: 3, overrides: { policy } });
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec });
    sessions = await queueForOfflineClients(fromOutside(), { sessions: 20, messagesEach: 2 });
    const { workflowId } = await scenario().start('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    upgrade = workflowId;
    const first = await untilStep(upgrade, 'stopNode');
    expect(first).toBe('n1');
    expect(await cli('cancel', upgrade)).toMatchObject({ code: 0 });
    expectFailure(await scenario().endOf({ workflowId }), 'Cancelled', 'canceled');
    expect((await progress(upgrade)).left?.back).toBe(`hivekeeper rollback ${upgrade}`);
    await expectVersions({ n1: '4.31.0' });
    await worker.stop();
  });

  test('it is taken back over a dead worker: the one node that it had reached, and no item is lost', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    await workers.run('rollBack', { operation: upgrade }, ['startNode']);
    await scenario().worker();
    await expectVersions({});
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once });
    expect(await recordedVersion()).toMatchObject({ version: '4.30.0' });
    const resumed = await resumeOfflineClients(fromOutside(), sessions);
    expect(
      resumed.map(({ sessionPresent, repeated, received }) => [sessionPresent, repeated, received.length]),
    ).toEqual(sessions.map(({ queued }) => [true, 0, queued.length]));
    expect([...workers.covered]).toEqual(crashTests.undo);
  });

  test('a change of the log level goes back to the level of before', { timeout: LONG }, async () => {
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

const missing = spawnSync('ssh', ['-V']).error === undefined ? undefined : 'ssh is not there.';
const skips = mustSkip({ missing, install: 'apt-get install openssh-client' });

describe.skipIf(skips)('a runbook is run by people, while no worker has a part in it', () => {
  /** The restart of one node as a script. */
  async function runbookOf(node: string): Promise<string> {
    const { stdout: plan } = await cli('restart-node', CLUSTER, node, '--dry-run', '--json');
    desk.write('restart.json', plan);
    const { code, stdout, stderr } = await cli('runbook', 'restart.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    desk.write('restart.sh', stdout);
    return path.join(desk.folder, 'restart.sh');
  }

  /** As somebody would run it who knows the hosts' keys already. */
  function run(script: string): Promise<{ status: number; stderr: string }> {
    const env = {
      ...process.env,
      SSH_OPTIONS: '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR',
    };
    // Beside this process, which would else miss that connections to the brokers' APIs are closed meanwhile.
    return new Promise((resolve) => {
      execFile('sh', [script], { env, timeout: 90_000 }, (error, _stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code ?? 1), stderr });
      });
    });
  }

  test('it restarts one node, what it holds is handed over, and Hivekeeper knows the node afterwards', {
    timeout: LONG,
  }, async () => {
    const sessions = await queueForOfflineClients(fromOutside(), { sessions: 10, messagesEach: 2 });
    const script = await runbookOf('n2');
    const since = Date.now();
    expect(await run(script)).toMatchObject({ status: 0 });
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: once });
    await expectVersions({ n1: '4.31.0', n2: '4.31.0', n3: '4.31.0' });
    const resumed = await resumeOfflineClients(fromOutside(), sessions);
    expect(resumed.map(({ received }) => received.length)).toEqual(sessions.map(({ queued }) => queued.length));
    const { checks, nodes } = await scenario().complete('checkCluster', { cluster: CLUSTER });
    expect(checks.filter(({ check, status }) => check === 'synchronized' && status !== 'holds')).toEqual([]);
    expect(nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving']);
  });

  test('it stops before anything is done when another member does not serve', { timeout: LONG }, async () => {
    const script = await runbookOf('n2');
    await killBrokersTogether([scenario().stage.host('n3')]);
    await until(async () => (await healthOf([scenario().stage.host('n1')]))['n1']?.members === 2, 60_000);
    const since = Date.now();
    const { status, stderr } = await run(script);
    expect(stderr).toContain('does not serve as it should; stop here');
    expect(status).not.toBe(0);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });
});
