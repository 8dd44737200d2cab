import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { queryProgress, queryRecord } from '../../src/client/temporal/index.js';
import type { OperationProgress } from '../../src/domain/operations/index.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import { GATE_PORT } from '../../src/sandbox/stage/index.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { until } from '../support/until.js';
import { effects, healthOf, serving, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'steer';
const LONG = 120_000;
const MEMBERS = ['n1', 'n2', 'n3'];

const scenario = useScenario({ nodes: MEMBERS, recovery: [] });
const desk = openDesk();
afterAll(() => desk.clear());

const progress = (id: string): Promise<OperationProgress> => queryProgress(scenario().session, id);
const upgrade = (version: string, more: object = {}) =>
  scenario().start('rollingUpgrade', { cluster: CLUSTER, version, ...more });

/** Steers by the command line, as people do. */
async function cli(...args: string[]): Promise<string> {
  const { address, namespace } = scenario().server;
  const { code, stdout, stderr } = await desk.run(...args, '--address', address, '--namespace', namespace);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Waits until a step of that kind is under way. @returns the node that it concerns */
async function untilStep(id: string, kind: string): Promise<string> {
  let node = '';
  await until(async () => {
    const running = (await progress(id)).steps.find(
      (step) => step.status === 'running' && step.id.endsWith(`/${kind}`),
    );
    node = running?.node ?? running?.id.split('/')[0] ?? '';
    return running !== undefined;
  }, 60_000);
  return node;
}

const versions = async (): Promise<Record<string, string | undefined>> => {
  const all = await healthOf(scenario().stage.nodes);
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one?.version]));
};

/** Which nodes get new connections, by the gate itself. */
async function gateStates(): Promise<unknown> {
  const gate = path.join(scenario().stage.host('lb1').root, 'bin', 'gate');
  const { stdout } = await promisify(execFile)(gate, ['states']);
  return JSON.parse(stdout.replace(/^ok /, ''));
}
const allOpen = Object.fromEntries(MEMBERS.map((name) => [name, true]));
const all = (version: string) => Object.fromEntries(MEMBERS.map((name) => [name, version]));

/** The lease is given back, and the record says what became of the operation. */
async function wasCancelled(operation: { workflowId: string }): Promise<void> {
  expectFailure(await scenario().endOf(operation), 'Cancelled', 'canceled');
  const { lease, journal } = await queryRecord(scenario().session, CLUSTER);
  expect(lease).toMatchObject({ holder: null, queue: [] });
  expect(journal.at(-1)).toMatchObject({ workflowId: operation.workflowId, outcome: 'cancelled' });
  expect(journal.at(-1)?.summary).toContain('cancelled at a safe point');
}

describe('an operation is steered while it runs', () => {
  test('a plan that wants an approval waits for one of this very plan', { timeout: LONG }, async () => {
    const { stage } = scenario();
    const spec = scenario().spec({
      ...{ name: CLUSTER, nodes: 3 },
      overrides: { policy: { drain: { clientsPerSecond: 2, timeout: '1m' }, upgrade: { soak: '0s' } } },
    });
    const before = await snapshot(stage.hosts);
    const operation = await scenario().start('deployCluster', { cluster: CLUSTER, spec, approval: 'required' });
    await until(async () => (await progress(operation.workflowId)).phase === 'awaiting-approval');
    const { planHash } = await progress(operation.workflowId);
    const { client } = scenario().session;
    await client.workflow.getHandle(operation.workflowId).signal('approve', { planHash: 'f'.repeat(64) });
    await sleep(500);
    expect(await progress(operation.workflowId)).toMatchObject({ phase: 'awaiting-approval', planHash });
    expect(await snapshot(stage.hosts)).toEqual(before);
    expect(await cli('approve', operation.workflowId, '--plan', planHash ?? '')).toContain(planHash);
    expect((await scenario().endOf(operation)).failure).toBeUndefined();
    expect(await versions()).toEqual(all('4.30.0'));
  });

  test('cancelled while clients are moved: no node is stopped and the gate is open again', {
    timeout: LONG,
  }, async () => {
    const gate = { host: scenario().stage.host('lb1').address, port: GATE_PORT };
    const clients = Array.from({ length: 24 }, (_, index) => openClient(gate, `online-${index}`));
    await Promise.all(clients.map((client) => untilConnected(client)));
    const since = Date.now();
    const operation = await upgrade('4.31.0');
    const node = await untilStep(operation.workflowId, 'drainNode');
    expect(await gateStates()).toEqual({ ...allOpen, [node]: false });
    await cli('cancel', operation.workflowId);
    await wasCancelled(operation);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(await gateStates()).toEqual(allOpen);
    expect(await versions()).toEqual(all('4.30.0'));
    await Promise.all(clients.map((client) => client.endAsync()));
  });

  test('paused: the node under way is finished, the next one waits for resume', { timeout: LONG }, async () => {
    const since = Date.now();
    const operation = await upgrade('4.31.0');
    const node = await untilStep(operation.workflowId, 'stopNode');
    await cli('pause', operation.workflowId);
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    await until(async () => {
      const { phase, steps } = await progress(operation.workflowId);
      return phase === 'paused' && steps.every(({ status }) => status !== 'running');
    }, 60_000);
    await sleep(1500);
    expect(effects(scenario().stage.nodes, since)).toEqual({ [node]: once });
    expect(await versions()).toEqual({ ...all('4.30.0'), [node]: '4.31.0' });
    expect(await gateStates()).toEqual(allOpen);
    await cli('resume', operation.workflowId);
    expect((await scenario().endOf(operation)).failure).toBeUndefined();
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once });
    expect(await versions()).toEqual(all('4.31.0'));
  });

  test('cancelled in the middle of a node: it is finished; run again, the others follow', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const operation = await upgrade('4.32.0');
    const node = await untilStep(operation.workflowId, 'stopNode');
    await cli('cancel', operation.workflowId);
    await wasCancelled(operation);
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ [node]: once });
    expect(await versions()).toEqual({ ...all('4.31.0'), [node]: '4.32.0' });
    expect(await gateStates()).toEqual(allOpen);

    const again = await scenario().complete('rollingUpgrade', { cluster: CLUSTER, version: '4.32.0' });
    expect(again.changes).toHaveLength(2);
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once });
    expect(await healthOf(scenario().stage.nodes)).toEqual(
      Object.fromEntries(MEMBERS.map((name) => [name, serving('4.32.0', 3)])),
    );
    expect(await gateStates()).toEqual(allOpen);
  });
});
