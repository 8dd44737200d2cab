import { afterAll, describe, expect, test } from 'vitest';
import { queryRecord } from '../../src/client/temporal/index.js';
import type { OperationProgress, OperationType } from '../../src/domain/operations/index.js';
import { leftOverLines } from '../../src/domain/reports/index.js';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import { GATE_PORT } from '../../src/sandbox/stage/index.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import { steeringOf } from './support/steering.js';

const CLUSTER = 'cancel';
const LONG = 180_000;

const scenario = useScenario({ nodes: ['n1', 'n2', 'n3', 'n4'], recovery: [] });
const desk = openDesk();
afterAll(() => desk.clear());
const { progress, cli, untilStep, gateStates } = steeringOf(scenario, desk);

const serve = (versions: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [name, serving(version, Object.keys(versions).length)]),
  );

/** All members serve with these versions, and clients are sent to each of them. */
async function expectServing(versions: Readonly<Record<string, string>>): Promise<void> {
  expect(await healthOf(Object.keys(versions).map((name) => scenario().stage.host(name)))).toEqual(serve(versions));
  expect(await gateStates()).toMatchObject(Object.fromEntries(Object.keys(versions).map((name) => [name, true])));
}

/**
 * Starts an operation, cancels it by the command line while a step of that kind runs, and reads what is said of it.
 * @returns what is left, as lines, and the node at which it was cancelled
 */
async function cancelAt(
  type: OperationType,
  input: object,
  kind: string,
): Promise<{ node: string; lines: string[]; left: NonNullable<OperationProgress['left']> }> {
  const { workflowId } = await scenario().start(type, { cluster: CLUSTER, ...input });
  const node = await untilStep(workflowId, kind);
  expect(await cli('cancel', workflowId)).toMatchObject({ code: 0 });
  const watched = await cli('wait', workflowId);
  expect(watched.code).toBe(5);
  const { left } = await progress(workflowId);
  if (!left) throw new Error('the progress says nothing of what is left');
  const lines = leftOverLines(left);
  // Command line, failure and journal say the same.
  expectFailure(await scenario().endOf({ workflowId }), 'Cancelled', 'canceled');
  for (const line of [...lines, left.again]) expect(watched.stdout).toContain(line);
  expect(watched.stderr).toContain(`cancelled at a safe point. ${lines.join('; ')}`);
  const { journal, lease } = await queryRecord(scenario().session, CLUSTER);
  expect(journal.at(-1)).toMatchObject({ workflowId, outcome: 'cancelled' });
  expect(journal.at(-1)?.summary).toContain(lines.join('; '));
  expect(lease.holder).toBeNull();
  return { node, lines, left };
}

const gate = () => ({ host: scenario().stage.host('lb1').address, port: GATE_PORT });

/** Clients in number, so that a drain takes a while. */
async function withClients<T>(run: () => Promise<T>): Promise<T> {
  const clients = Array.from({ length: 24 }, (_, index) => openClient(gate(), `online-${index}`));
  await Promise.all(clients.map((client) => untilConnected(client)));
  try {
    return await run();
  } finally {
    await Promise.all(clients.map((client) => client.endAsync()));
  }
}

describe('an operation is cancelled: the cluster serves, it says what is left, and the same again finishes it', () => {
  test('an upgrade while it moves clients', { timeout: LONG }, async () => {
    const overrides = { policy: { drain: { clientsPerSecond: 2, timeout: '1m' }, upgrade: { canary: 0, soak: '0s' } } };
    await scenario().complete('deployCluster', {
      cluster: CLUSTER,
      spec: scenario().spec({ name: CLUSTER, nodes: 3, overrides }),
    });
    const { node, lines, left } = await withClients(() =>
      cancelAt('rollingUpgrade', { version: '4.31.0' }, 'drainNode'),
    );
    expect(lines.find((line) => line.startsWith(`${node}:`))).toMatch(/gate closed and opened again.*still 4\.30\.0$/);
    expect(left).toMatchObject({ again: `hivekeeper upgrade ${CLUSTER} --to 4.31.0`, notUndone: [] });
    await expectServing({ n1: '4.30.0', n2: '4.30.0', n3: '4.30.0' });
  });

  test('an upgrade while a node is stopped: that node is finished first', { timeout: LONG }, async () => {
    const { node, lines, left } = await cancelAt('rollingUpgrade', { version: '4.31.0' }, 'stopNode');
    expect(lines).toContain(`${node}: 4.31.0, serving`);
    expect(left.back).toMatch(/^hivekeeper rollback cancel\/rollingUpgrade\//);
    await expectServing({ n1: '4.30.0', n2: '4.30.0', n3: '4.30.0', [node]: '4.31.0' });
    await scenario().complete('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    await expectServing({ n1: '4.31.0', n2: '4.31.0', n3: '4.31.0' });
  });

  test('a scale-up while the new node joins', { timeout: LONG }, async () => {
    const { node, lines, left } = await cancelAt('scaleCluster', { nodes: 4 }, 'startNode');
    expect(node).toBe('n4');
    expect(lines).toContain('n4: 4.31.0, serving');
    expect(left).toMatchObject({ again: `hivekeeper scale ${CLUSTER} --nodes 4`, back: null });
    const four = { n1: '4.31.0', n2: '4.31.0', n3: '4.31.0', n4: '4.31.0' };
    await expectServing(four);
    await scenario().complete('scaleCluster', { cluster: CLUSTER, nodes: 4 });
    await expectServing(four);
  });

  test('a decommission while it moves clients', { timeout: LONG }, async () => {
    const { lines, left } = await withClients(() => cancelAt('decommissionNode', { node: 'n2' }, 'drainNode'));
    expect(lines.find((line) => line.startsWith('n2:'))).toMatch(/gate closed and opened again.*still 4\.31\.0$/);
    expect(left.again).toBe(`hivekeeper decommission ${CLUSTER} n2`);
    await expectServing({ n1: '4.31.0', n2: '4.31.0', n3: '4.31.0', n4: '4.31.0' });
    await scenario().complete('decommissionNode', { cluster: CLUSTER, node: 'n2' });
    await expectServing({ n1: '4.31.0', n3: '4.31.0', n4: '4.31.0' });
  });
});
