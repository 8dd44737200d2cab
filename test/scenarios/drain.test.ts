import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { queryProgress } from '../../src/client/temporal/index.js';
import { pendingActivities } from '../../src/client/temporal/waits.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { startSwarm, type Swarm } from '../support/swarm.js';
import { until } from '../support/until.js';
import { effects } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'drain';
const LONG = 120_000;
const CLIENTS = 1000;

const scenario = useScenario({ nodes: ['n1', 'n2'], gates: [], recovery: [] });
const desk = openDesk();
afterAll(() => desk.clear());

const address = (name: string): string => scenario().stage.host(name).address;
const spec = (drain: object): object =>
  scenario().spec({
    ...{ name: CLUSTER, nodes: 2 },
    overrides: { policy: { drain: { timeout: '5m', ...drain }, upgrade: { soak: '0s' } } },
  });
const restart = (node: string) => scenario().start('restartNode', { cluster: CLUSTER, node });
const stepOf = async (id: string, step: string) =>
  (await queryProgress(scenario().session, id)).steps.find((one) => one.id.endsWith(`/${step}`));

/** What the drain of an operation says that it does. */
async function waitOf(id: string): Promise<string> {
  const description = await scenario().session.client.workflow.getHandle(id).describe();
  return pendingActivities(description).find(({ kind }) => kind === 'drainNode')?.waitingFor ?? '';
}

async function cli(...args: string[]): Promise<string> {
  const { address: server, namespace } = scenario().server;
  const { code, stdout, stderr } = await desk.run(...args, '--address', server, '--namespace', namespace);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Everything that Temporal keeps of an operation, heartbeats and failures included. */
async function told(workflowId: string): Promise<string> {
  const handle = scenario().session.client.workflow.getHandle(workflowId);
  const [{ raw }, history] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const bytes = [...JSON.stringify([raw, history]).matchAll(/"([A-Za-z0-9+/]{16,}={0,2})"/g)];
  const decoded = bytes.map(([, text]) => Buffer.from(text ?? '', 'base64').toString());
  return JSON.stringify([raw, history, decoded]);
}

describe('moving the clients of a node', () => {
  let swarm: Swarm;
  afterAll(() => swarm.stop());
  const wills: string[] = [];

  test('a drain that is cancelled leaves its node in service', { timeout: LONG }, async () => {
    const { failure } = await scenario().run('deployCluster', {
      cluster: CLUSTER,
      spec: spec({ clientsPerSecond: 20 }),
    });
    expect(failure).toBeUndefined();
    const watcher = openClient({ host: address('n2'), port: 1883 }, 'will-watcher', { will: false });
    watcher.on('message', (_topic, payload) => wills.push(payload.toString()));
    await untilConnected(watcher);
    await watcher.subscribeAsync('wills');
    swarm = await startSwarm({ size: CLIENTS, name: 'secret-id', addresses: [address('n1'), address('n2')] });

    const since = Date.now();
    const operation = await restart('n1');
    await until(() => swarm.moved >= 20, 60_000);
    const line = /^n1: \d+ of (about )?\d+ clients moved, \d+ left, 20 a second, about \d+ (s|min) left$/;
    await until(async () => line.test(await waitOf(operation.workflowId)));
    await cli('cancel', operation.workflowId);
    expectFailure(await scenario().endOf(operation), 'Cancelled', 'canceled');
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    const moved = swarm.moved;
    await sleep(1000);
    expect(swarm.moved).toBe(moved);
    const fresh = openClient({ host: address('n1'), port: 1883 }, 'fresh', { will: false, passing: true });
    await untilConnected(fresh);
    await fresh.endAsync();
  });

  test('all are moved, at the pace that is asked for meanwhile, with their sessions and without a will', {
    timeout: LONG,
  }, async () => {
    const begun = swarm.moved;
    const operation = await restart('n1');
    await until(() => swarm.moved > begun + 10, 60_000);
    expect(await cli('drain-rate', CLUSTER, '--clients-per-second', '500')).toContain('moves 500 clients a second');
    await until(async () => (await waitOf(operation.workflowId)).includes('500 a second'), 30_000);
    const { failure, report } = await scenario().endOf(operation);
    expect(failure).toBeUndefined();
    const drained = report?.steps.find(({ id }) => id.endsWith('/drainNode'));
    expect(drained?.note).toMatch(/^\d+ clients moved, 0 left$/);
    expect(report?.warnings.join()).toContain('clients that are moved may come back: nothing keeps them away from n1');
    await until(() => swarm.count() === CLIENTS);
    expect({ elsewhere: swarm.count(address('n2')), wills }).toEqual({ elsewhere: CLIENTS, wills: [] });
    expect(swarm.sessionsKept).toBe(swarm.moved);
    expect(await told(operation.workflowId)).not.toContain('secret-id');
  });

  test('clients that come back at once stop it before anything else is stopped', { timeout: LONG }, async () => {
    const since = Date.now();
    const stubborn = await startSwarm({ size: 300, name: 'secret-id-too', addresses: [address('n1')], after: 'same' });
    onTestFinished(() => stubborn.stop());
    const operation = await restart('n1');
    await until(async () => (await stepOf(operation.workflowId, 'drainNode'))?.status === 'running', 60_000);
    await cli('drain-rate', operation.workflowId, '--clients-per-second', '100', '--node', 'n1');
    const end = await scenario().endOf(operation);
    expectFailure(end, 'DrainStalled', 'came back within 10 s; something still sends them here');
    expect(end.failure?.message).toContain('policy.drain.shield: firewall');
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    await until(() => stubborn.count(address('n1')) === 300);
    expect(await told(operation.workflowId)).not.toContain('secret-id');
  });

  test('after-stop: the node stops with its clients, and starts once they are seen elsewhere', {
    timeout: LONG,
  }, async () => {
    await scenario().complete('applySpec', { cluster: CLUSTER, spec: spec({ order: 'after-stop' }) });
    const few = await startSwarm({ size: 200, name: 'few', addresses: [address('n1'), address('n2')] });
    onTestFinished(() => few.stop());
    const since = Date.now();
    const report = await scenario().complete('restartNode', { cluster: CLUSTER, node: 'n1' });
    const of = (step: string) => report.steps.find(({ id }) => id.endsWith(`/${step}`));
    expect(of('drainNode')?.skip).toBe('policy.drain.order is after-stop');
    expect(of('awaitClients')?.note).toBe('its 200 clients are seen elsewhere, the others serve');
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: { 'stop-requested': 1, stopped: 1, start: 1 } });
    await until(() => few.count(address('n2')) === 200);
  });
});
