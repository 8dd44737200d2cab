import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cancel, queryProgress } from '../../src/client/temporal/index.js';
import { pendingActivities } from '../../src/client/temporal/waits.js';
import { clusterCheckNames } from '../../src/domain/checks/index.js';
import type { CheckResult } from '../../src/domain/plan/index.js';
import { until } from '../support/until.js';
import { type Breakable, checkCases, CheckWorld } from './support/check-cases.js';
import { commandLine } from './support/command-line.js';
import { effects } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'checks';
const LONG = 120_000;
const scenario = useScenario();
const world = new CheckWorld(scenario, CLUSTER);

const reason = 'the test wants to see it passed over';
const override = (check: string) => ({ overrideChecks: [{ check, reason }] });

/** Checks of a cluster in motion that do not hold, by name and status. */
async function found(asked: object): Promise<Record<string, CheckResult['status']>> {
  const { checks } = await scenario().complete('checkCluster', { cluster: CLUSTER, ...asked });
  const ours = checks.filter(
    ({ check, status }) => status !== 'holds' && clusterCheckNames.some((one) => one === check),
  );
  return Object.fromEntries(ours.map(({ check, status }) => [check, status]));
}

/** What the steps under way wait for, by their heartbeats. */
async function waits(workflowId: string): Promise<string[]> {
  const handle = scenario().session.client.workflow.getHandle(workflowId);
  return pendingActivities(await handle.describe()).flatMap(({ waitingFor }) => waitingFor ?? []);
}

/** The operation waits for this check or refuses because of it, and no broker is touched. */
async function expectBlocked(name: string, blocks: Breakable['blocks']): Promise<void> {
  if ('none' in blocks) return;
  const since = Date.now();
  const operation = await scenario().start(blocks.type, { cluster: CLUSTER, ...blocks.input });
  if (blocks.by === 'waiting') {
    await until(
      async () => (await waits(operation.workflowId)).some((line) => line.startsWith(`check ${name}: `)),
      60_000,
    );
    await cancel(scenario().session, operation.workflowId);
  }
  const end = await scenario().endOf(operation);
  if (blocks.by === 'waiting') expectFailure(end, 'Cancelled', '');
  else expectFailure(end, 'CheckFailed', `check ${name} fails`);
  expect(effects(scenario().stage.nodes, since)).toEqual({});
}

const breakable = Object.entries(checkCases).flatMap(([name, one]) => ('asked' in one ? [[name, one] as const] : []));
const elsewhere = Object.entries(checkCases).flatMap(([name, one]) => ('why' in one ? [[name, one] as const] : []));

describe('the checks of a cluster in motion', () => {
  test('each is broken here, or by the test that is named', () => {
    expect(Object.keys(checkCases).sort()).toEqual([...clusterCheckNames].sort());
    for (const [name, { test: file }] of elsewhere) expect(readFileSync(file, 'utf8'), file).toContain(name);
  });

  test('all hold before anything is broken', { timeout: LONG }, async () => {
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: world.spec() });
    const asked = [
      { for: 'restart' },
      { for: 'upgrade', version: '4.32.0' },
      { for: 'decommission' },
      { for: 'recover' },
    ];
    for (const one of asked) expect(await found(one), JSON.stringify(one)).toEqual({});
  });

  test.each(breakable)(
    '%s alone fails, blocks, and can be passed over with a reason',
    { timeout: LONG },
    async (name, one) => {
      try {
        await one.breaks(world);
        expect(await found(one.asked)).toEqual({ [name]: 'fails' });
        expect(await found({ ...one.asked, ...override(name) })).toEqual({ [name]: 'overridden' });
        await expectBlocked(name, one.blocks);
      } finally {
        await one.mends(world);
      }
      const asked = 'for' in one.asked && (one.asked.for === 'scale' || one.asked.for === 'upgrade') ? {} : one.asked;
      await until(async () => Object.keys(await found(asked)).length === 0, 30_000);
    },
  );

  test('on the command line: why it fails, what to do, and an exit code that says so', { timeout: LONG }, async () => {
    const shell = commandLine(scenario());
    await scenario().stage.host('n2').setLoad(81);
    const args = ['check', CLUSTER, '--for', 'restart', '--node', 'n1'];
    const failed = await shell.type(...args);
    expect(failed.code).toBe(4);
    expect(failed.stdout).toContain('✘ headroom (n2): 81 % CPU, more than 60 %');
    expect(failed.stdout).toContain('Add a node first');
    const passedOver = await shell.type(...args, '--override', `headroom=${reason}`);
    expect(passedOver).toMatchObject({ code: 0 });
    expect(passedOver.stdout).toContain(`(overridden: ${reason})`);
    expect((await shell.type(...args, '--override', 'headroom=ok')).stderr).toContain('3 characters');
  });

  test('a wait is told with its time and goes on by itself; with a reason it is not waited at all', {
    timeout: LONG,
  }, async () => {
    const [since, node] = [Date.now(), 'n1'];
    const operation = await scenario().start('restartNode', { cluster: CLUSTER, node });
    const progress = () => queryProgress(scenario().session, operation.workflowId);
    await until(async () => (await progress()).steps.some(({ waitingFor }) => waitingFor !== undefined), 60_000);
    const told = await progress();
    expect(told.steps.find(({ waitingFor }) => waitingFor !== undefined)?.waitingFor).toMatch(
      /^check headroom: n2: 81 % CPU, more than 60 % \(since .*\d\d:\d\d:\d\d UTC\)$/,
    );
    expect(told.events).toMatchObject([{ kind: 'waiting', check: 'headroom', node, untouched: true }]);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    await scenario().stage.host('n2').setLoad(5);
    expect((await scenario().endOf(operation)).failure).toBeUndefined();
    const once = { [node]: { 'stop-requested': 1, stopped: 1, start: 1 } };
    expect(effects(scenario().stage.nodes, since)).toEqual(once);
    expect((await progress()).events?.map(({ kind }) => kind)).toEqual(['waiting', 'resumed']);

    await scenario().stage.host('n2').setLoad(81);
    const again = Date.now();
    await scenario().complete('restartNode', { cluster: CLUSTER, node, ...override('headroom') });
    expect(effects(scenario().stage.nodes, again)).toEqual(once);
  });
});
