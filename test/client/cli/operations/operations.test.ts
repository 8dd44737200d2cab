import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryProgress } from '../../../../src/client/temporal/index.js';
import { searchAttributes } from '../../../../src/client/temporal/search-attributes.js';
import { until } from '../../../support/until.js';
import { clusterYaml } from '../spec/cluster.js';
import { recordState } from '../../support/states.js';
import { type Ran, withStubWorld } from '../../support/stub-world.js';

const world = withStubWorld();
const json = (ran: Ran): Record<string, unknown> => JSON.parse(ran.stdout) as Record<string, unknown>;

/** The id in `Started prod/…`. */
const idIn = (text: string): string => /Started (\S+)/.exec(text)?.[1] ?? 'no id';

describe('operations on the command line', () => {
  const open: string[] = [];
  beforeEach(() => world().record(recordState('prod')));
  afterEach(async () => {
    for (const id of open.splice(0)) await world().terminate(id);
  });

  /** Starts an upgrade that stays in its first step until it is cancelled. */
  const hold = async (...args: string[]): Promise<string> => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--reason', 'hold', ...args);
    expect(ran.code).toBe(0);
    const id = idIn(ran.stdout);
    open.push(id);
    return id;
  };
  const reaches = (id: string, phase: string): Promise<void> =>
    until(async () => (await queryProgress(world().session, id)).phase === phase);

  it('starts one and says how to follow it', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /^Started prod\/rollingUpgrade\/\d{8}-\d{6}-[a-z0-9]{3}\n {2}watch it: {2}hivekeeper wait prod\//,
    );
    const described = await world().session.client.workflow.getHandle(idIn(ran.stdout)).describe();
    expect(described.type).toBe('rollingUpgrade');
    expect(described.typedSearchAttributes.get(searchAttributes.cluster)).toBe('prod');
    expect(described.typedSearchAttributes.get(searchAttributes.operation)).toBe('rollingUpgrade');
    expect(await described.staticSummary()).toBe('rollingUpgrade prod');
  });

  it('prints the start as JSON, and nothing else', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--json');
    expect(ran.stderr).toBe('');
    expect(json(ran)).toMatchObject({ cluster: 'prod', operation: 'rollingUpgrade' });
  });

  it('waits: changes go to stderr as they come, the report to stdout', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--wait');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('Started prod/rollingUpgrade/');
    expect(ran.stdout).toMatch(/rollingUpgrade of prod: completed in \d+s/);
    expect(ran.stdout).toMatch(/✔ n2 {2}Stop n2 .*stopped n2/);
    expect(ran.stdout).toContain('warning: this is a stub');
  });

  it('shows what a running step waits for, as its heartbeat says', async () => {
    const id = await hold();
    const { written, ended } = world().start(['wait', id]);
    await until(() => written.stderr.includes('n1: Stop n1: running, waits for 12 clients of n1 to leave'));
    expect((await world().run('cancel', id)).stdout).toBe(`${id}: ends at the next safe point\n`);
    expect(await ended).toMatchObject({ code: 5 });
  });

  it('redraws in place where a person reads', async () => {
    const id = await hold();
    const { written, ended } = world().start(['wait', id], { isTTY: true });
    await until(() => written.stdout.includes('waits for 12 clients of n1'));
    await until(() => written.stdout.includes('\u001b[J'));
    await world().run('cancel', id);
    const ran = await ended;
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('■ n1');
  });

  it('lets go of the operation at Ctrl-C', async () => {
    const id = await hold();
    const { written, ended } = world().start(['wait', id]);
    await until(() => written.stderr.includes('Stop n1'));
    process.emit('SIGINT', 'SIGINT');
    const ran = await ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain(`watch it again: hivekeeper wait ${id}`);
    expect((await world().session.client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
  });

  it('tells why one failed in the words of its step', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--wait', '--reason', 'fail');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('✘ n1');
    expect(ran.stderr).toMatch(/hivekeeper: prod\/rollingUpgrade\/\S+: n1: the broker did not stop\n$/);
    expect(ran.stderr).not.toContain('Activity task failed');
  });

  it('tells the same to a machine', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--wait', '--json', '--reason', 'fail');
    expect(ran.code).toBe(1);
    expect(json(ran)).toMatchObject({
      outcome: 'failed',
      error: { kind: 'BrokerStartFailed', message: 'n1: the broker did not stop' },
      steps: [
        { id: 'n1/stopNode', status: 'failed' },
        { id: 'n2/stopNode', status: 'pending' },
      ],
    });
  });

  it('pauses and goes on, by id or by the name of the cluster', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--approval', 'required');
    const id = idIn(ran.stdout);
    await reaches(id, 'awaiting-approval');
    await world().record(recordState('edge', id));
    expect(await world().run('pause', 'edge')).toMatchObject({
      code: 0,
      stdout: `${id}: pauses at the next safe point\n`,
    });
    await reaches(id, 'paused');
    expect(await world().run('resume', id)).toMatchObject({ code: 0 });
    await reaches(id, 'running');
    open.push(id);
  });

  it('approves the plan that it shows, and no other', async () => {
    const id = await hold('--approval', 'required');
    await reaches(id, 'awaiting-approval');
    const other = await world().run('approve', id, '--plan', 'another');
    expect(other.code).toBe(4);
    expect(other.stderr).toContain('another plan now, hash-of-prod; nothing was approved');
    const ran = await world().run('approve', id, '--plan', 'hash-of-prod');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('- n1 is stopped');
    expect(ran.stdout).toContain(`${id}: plan hash-of-prod is approved`);
    await reaches(id, 'running');
    expect((await world().run('approve', id)).stderr).toContain('does not wait for an approval; it is running');
  });

  it('ends one whose plan is rejected', async () => {
    const { written, ended } = world().start(['upgrade', 'prod', '--to', '4.31.0', '--approval', 'required', '--wait']);
    await until(() => written.stderr.includes('approve: hivekeeper approve '));
    expect(written.stderr).toContain('--plan hash-of-prod');
    expect((await world().run('reject', idIn(written.stderr), '--reason', 'too early')).code).toBe(0);
    const ran = await ended;
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('the plan was rejected: too early');
  });

  it('is refused when the cluster is busy', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--wait', '--on-busy', 'fail');
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('prod is busy');
  });

  it('prints the plan of a dry run as a tree', async () => {
    const ran = await world().run('upgrade', 'prod', '--to', '4.31.0', '--dry-run');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('rollingUpgrade of prod: 2 steps\n  - n1 is stopped\n');
    expect(ran.stdout).toContain('Stop everything\n└─ Nodes [1 at a time]\n   ├─ Stop n1\n   └─ Stop n2\n');
    expect(ran.stdout).toContain('✔ versions: all run 4.30.0');
    expect(ran.stdout).toContain('Plan hash-of-prod');
    expect(json(await world().run('upgrade', 'prod', '--to', '4.31.0', '--dry-run', '--json'))).toMatchObject({
      outcome: 'dry-run',
      plan: { root: { id: 'all' } },
    });
  });

  it('checks: a table, and exit code 4 when something does not hold', async () => {
    const good = await world().run('check', 'prod');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/^NODE {2}MEMBER {2}STATE .*\nn1 {4}yes {5}RUNNING {2}4\.30\.0/);
    expect(good.stdout).toContain('prod: all checks hold');
    const bad = await world().run('check', 'prod', '--reason', 'check-fails');
    expect(bad.code).toBe(4);
    expect(bad.stdout).toContain('✘ synchronized (n2): n2 joins\n    Wait for n2.\n');
    expect(bad.stderr).toBe('hivekeeper: prod: a check does not hold: synchronized\n');
  });

  it('deploys from a spec file, whose paths are absolute when they leave, with what a worker cannot read', async () => {
    const content = 'an archive';
    const sha256 = createHash('sha256').update(content).digest('hex');
    const yaml = clusterYaml
      .replace('name: prod', 'name: new-one')
      .replace('packages/', '')
      .replace('ab'.repeat(32), sha256);
    await world().write('edge.yaml', `${yaml}recovery: { tool: { file: tool.zip } }\n`);
    await world().write('hivemq-4.30.0.zip', content);
    await world().write('tool.zip', content);
    const started = json(await world().run('deploy', 'edge.yaml', '--data', 'data', '--json', '--reason', 'first'));
    expect(started).toMatchObject({ cluster: 'new-one', operation: 'deployCluster' });
    const { events } = await world().session.client.workflow.getHandle(String(started['workflowId'])).fetchHistory();
    const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    const input = JSON.parse(Buffer.from(payload ?? []).toString()) as {
      spec: { broker: { package: { file: string } }; recovery: { tool: unknown } };
    };
    expect(input.spec.broker.package.file).toBe(`${world().folder}/hivemq-{version}.zip`);
    expect(input.spec.recovery.tool).toEqual({ stored: sha256, name: 'tool.zip', bytes: 10 });
  });
});

describe('refusals before anything is started', () => {
  beforeEach(() => world().record(recordState('prod')));

  it.each([
    [['upgrade', 'prdo', '--to', '4.31.0'], 2, /no cluster is named prdo; did you mean prod\?/],
    [['upgrade', 'prod'], 2, /required option '--to <VERSION>' not specified/],
    [['upgrade', 'prod', '--to', '4.31'], 2, /rollingUpgrade: version: /],
    [['upgrade', 'prod', '--to', '4.31.0', '--override', 'synchronised=why not'], 2, /Did you mean synchronized\?/],
    [['upgrade', 'prod', '--to', '4.31.0', '--override', 'disk'], 2, /form check=reason/],
    [['upgrade', 'prod', '--to', '4.31.0', '--override', 'one-operation=why not'], 2, /Checks are max-unavailable, /],
    [['upgrade', 'prod', '--to', '4.31.0', '--now', ' '], 2, /It needs a reason/],
    [['upgrade', 'prod', '--to', '4.31.0', '--now', 'x'], 2, /overrideChecks.*reason/],
    [['adopt', 'prod.yaml', '--now', 'leaking memory'], 2, /unknown option '--now'/],
    [['scale', 'prod', '--nodes', 'four'], 2, /whole number/],
    [['pause', 'prod/rollingUpgrade/none'], 2, /no operation has the id prod\/rollingUpgrade\/none/],
    [['pause', 'cluster/prod'], 2, /no operation has the id/],
    [['pause', 'prod'], 2, /no operation holds prod/],
    [['statsu'], 2, /Did you mean status\?/],
    [['uncordon', 'prod', 'n9'], 2, /no such cordoned host/],
    [
      ['status', '--address', '127.0.0.1:1'],
      3,
      /no Temporal server answers at 127\.0\.0\.1:1; start one with `hivekeeper up`/,
    ],
    [['status', '--namespace', 'nowhere'], 3, /has no namespace nowhere/],
  ])('%j', async (args, code, message) => {
    const ran = await world().run(...args);
    expect(ran.stderr).toMatch(message);
    expect(ran).toMatchObject({ code, stdout: '' });
  });

  it('names the nearest operation, and one that has ended', async () => {
    const id = idIn((await world().run('upgrade', 'prod', '--to', '4.31.0')).stdout);
    await world().session.client.workflow.getHandle(id).result();
    expect((await world().run('pause', id)).stderr).toContain(`${id} has already ended: completed`);
    await until(async () => (await world().run('pause', `${id}x`)).stderr.includes(`did you mean ${id}?`));
  });
});

describe('records on the command line', () => {
  it('lists the clusters', async () => {
    await world().record(recordState('prod'));
    await world().record(recordState('edge', 'edge/rollingUpgrade/gone'));
    await until(async () => (await world().run('status')).stdout.includes('edge'));
    const ran = await world().run('status');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^CLUSTER {2}NODES {2}VERSION {2}OPERATION/);
    expect(ran.stdout).toMatch(/edge {5}2\/2 {4}4\.30\.0 {3}edge\/rollingUpgrade\/gone/);
    expect(json(await world().run('status', '--json'))).toMatchObject({
      clusters: [{ cluster: 'edge' }, { cluster: 'prod', members: 2 }],
    });
  });

  it('shows one as it is now, with what was done', async () => {
    await world().record(recordState('prod'));
    const { code, stdout } = await world().run('status', 'prod');
    expect(code).toBe(0);
    expect(stdout).toMatch(/n2 {4}yes {5}RUNNING {2}4\.30\.0 {3}11 {7}2/);
    expect(stdout).toContain('Cordoned: n3 (decommissioned, 2026-01-02 10:00:00)');
    expect(stdout).toMatch(/2026-01-01 10:00:00 {2}deployCluster {2}completed {2}3m 05s {2}n1 joins; n2 joins/);
    expect(json(await world().run('status', 'prod', '--json'))).toMatchObject({
      cluster: 'prod',
      observed: { nodes: [{ host: 'n1' }, { host: 'n2' }] },
    });
  });

  it('watches until Ctrl-C, and prints only what has changed', async () => {
    await world().record(recordState('prod'));
    const { written, ended } = world().start(['status', 'prod', '--watch', '--json']);
    await until(() => written.stdout.endsWith('\n'));
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toMatchObject({ code: 0 });
    expect(
      written.stdout
        .trim()
        .split('\n')
        .map((text) => (JSON.parse(text) as { cluster: string }).cluster),
    ).toEqual(['prod']);
  });

  it('uncordons a host', async () => {
    await world().record(recordState('prod'));
    expect((await world().run('uncordon', 'prod', 'n3')).stdout).toContain('n3 may be chosen for prod again');
    expect((await world().run('uncordon', 'prod', 'n3')).code).toBe(2);
  });
});
