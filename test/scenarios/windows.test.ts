import { describe, expect, test } from 'vitest';
import { queryProgress, queryRecord } from '../../src/client/temporal/index.js';
import { until } from '../support/until.js';
import { commandLine, type Typed } from './support/command-line.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'windows';
const LONG = 120_000;
const MEMBERS = ['n1', 'n2', 'n3'];

const scenario = useScenario({ nodes: MEMBERS, gates: [], recovery: [] });
const type = (...args: string[]): Promise<Typed> => commandLine(scenario()).type(...args);

/** Half a year away, so that none is open whenever the test runs. */
const month = ((new Date().getUTCMonth() + 6) % 12) + 1;
const window = { cron: `0 2 1 ${month} *`, timeZone: 'Europe/Berlin', duration: '4h' };
const opens = new RegExp(
  `no window is open; the next one opens \\w{3} \\d{4}-${String(month).padStart(2, '0')}-01 02:00 Europe/Berlin`,
);

const policy = {
  drain: { order: 'none' },
  upgrade: { soak: '0s', canary: 0, approval: 'when-releases-are-crossed' },
  maintenanceWindows: [window],
};
const spec = (version: string, overrides: object = {}) =>
  scenario().spec({ ...{ name: CLUSTER, version, nodes: 3 }, overrides: { policy, ...overrides } });

const progress = (id: string) => queryProgress(scenario().session, id);
const all = (version: string) => Object.fromEntries(MEMBERS.map((name) => [name, serving(version, 3)]));

describe('outside of the maintenance windows', () => {
  test('a cluster is deployed all the same: nothing that serves is disturbed', { timeout: LONG }, async () => {
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: spec('4.30.0') });
    expect(await healthOf(scenario().stage.nodes)).toEqual(all('4.30.0'));
  });

  test('a dry run tells when the next one opens, what is crossed and who asks for an approval', async () => {
    const { code, stdout } = await type('upgrade', CLUSTER, '--to', '4.31.0', '--dry-run');
    expect(stdout).toContain('Await a maintenance window for n1');
    expect(stdout).toMatch(opens);
    expect(stdout).toContain('From 4.30.0 to 4.31.0, 1 release crossed');
    expect(stdout).toMatch(/all guides: https:\/\/docs\.hivemq\.com\//);
    expect(stdout).toContain('policy.upgrade.approval is when-releases-are-crossed, and 1 is crossed');
    expect(code).toBe(0);
  });

  test('an extension that does not go with the new version stops it before anything is touched', async () => {
    const since = Date.now();
    const emptyZip = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';
    const extensions = [{ id: 'audit', content: { base64: emptyZip }, requires: { maximum: '4.30.0' } }];
    const end = await scenario().run('applySpec', { cluster: CLUSTER, spec: spec('4.31.0', { extensions }) });
    expectFailure(end, 'PlanRefused', 'extensions[0].requires.maximum');
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('an upgrade waits for its approval, then for a window, visibly, and is cancelled with nothing done', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const operation = await scenario().start('rollingUpgrade', { cluster: CLUSTER, version: '4.31.0' });
    const id = operation.workflowId;
    await until(async () => (await progress(id)).phase === 'awaiting-approval');
    const { planHash, waitingFor } = await progress(id);
    expect(waitingFor).toContain('policy.upgrade.approval is when-releases-are-crossed');
    expect((await type('approve', id, '--plan', planHash ?? '')).code).toBe(0);

    const waiting = async () =>
      (await progress(id)).steps.find((step) => step.status === 'running' && step.id.endsWith('/awaitWindow'));
    await until(async () => (await waiting())?.waitingFor !== undefined, 60_000);
    const step = await waiting();
    expect(step?.waitingFor).toMatch(opens);
    expect(step?.title).toBe(`Await a maintenance window for ${step?.node ?? ''}`);
    const { events = [] } = await progress(id);
    expect(events.some(({ text }) => opens.test(text))).toBe(true);

    expect((await type('cancel', id)).code).toBe(0);
    expectFailure(await scenario().endOf(operation), 'Cancelled', 'canceled');
    const { journal } = await queryRecord(scenario().session, CLUSTER);
    expect(journal.at(-1)?.summary).toContain('cancelled at a safe point');
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(await healthOf(scenario().stage.nodes)).toEqual(all('4.30.0'));
  });

  test('a restart with --now goes on, and its reason stands in report and history', { timeout: LONG }, async () => {
    const since = Date.now();
    const restarted = await type('restart-node', CLUSTER, 'n2', '--now', 'a leak of memory', '--wait', '--json');
    expect(restarted).toMatchObject({ code: 0 });
    const { report } = JSON.parse(restarted.stdout) as {
      report: { checks: { check: string; status: string; reason: string }[]; steps: { id: string; note?: string }[] };
    };
    const verdict = report.checks.find(({ check }) => check === 'maintenance-window');
    expect(verdict).toMatchObject({ status: 'overridden' });
    expect(verdict?.reason).toContain('overridden: a leak of memory');
    const step = report.steps.find(({ id }) => id === 'n2/awaitWindow');
    expect(step?.note).toBe('outside of the windows: a leak of memory');
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: { 'stop-requested': 1, stopped: 1, start: 1 } });
    const { journal } = await queryRecord(scenario().session, CLUSTER);
    expect(journal.at(-1)).toMatchObject({
      outcome: 'completed',
      overrides: [{ check: 'maintenance-window', reason: 'a leak of memory' }],
    });
  });
});
