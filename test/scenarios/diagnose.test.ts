import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { cancel, queryRecord } from '../../src/client/temporal/index.js';
import { readPackedNote } from '../../src/domain/diagnostics/index.js';
import type { OperationReport } from '../../src/domain/operations/index.js';
import { until } from '../support/until.js';
import { DayTwo } from './support/day-two.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { useScenario } from './support/scenario.js';
import { placesOf, placesWithoutSecrets } from './support/secret-places.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'sick';
const LONG = 120_000;
const members = ['n1', 'n2', 'n3'];

/** Referred to by the spec. */
const REFERRED = 'Adm1n & <secret>/of+the=spec';
/** Stands in a file of configuration, and nobody else knows it. */
const CONFIGURED = 'xk-2-by-hand-Only';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.Zm9v.YmFy';
const KEY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj';
process.env['DIAGNOSE_ADMIN'] = REFERRED;

const scenario = useScenario({ gates: [], recovery: [], nodes: members, withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const day = new DayTwo(scenario, CLUSTER);
const { at, local, text } = day;
const data = (): string => path.join(scenario().folder, 'worker', 'data');
let worker: WorkerProcess | undefined;

/** Archives that brokers have made and that are still on the nodes. */
const left = (): string[] =>
  members.flatMap((name) => {
    const folder = at(name, 'diagnostic-archive');
    return existsSync(folder) ? readdirSync(folder).map((file) => `${name} ${file}`) : [];
  });

function packed({ steps }: Pick<OperationReport, 'steps'>): string {
  const found = readPackedNote(steps.find(({ id }) => id === 'cluster/packDiagnostics')?.note ?? '');
  if (found === null) throw new Error('The report names no file.');
  expect(statSync(found.path)).toMatchObject({ size: found.bytes });
  expect(statSync(found.path).mode & 0o777).toBe(0o600);
  return found.path;
}

/** Unpacks into a fresh folder, by the tar that everybody has. @returns the one folder in it */
function unpacked(file: string): string {
  const folder = `${local(path.basename(file))}.unpacked`;
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  const [top = '', ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return path.join(folder, top);
}

const secretsOn = (name: string): string[] =>
  [...text(name, 'conf/hivekeeper-secrets.env').matchAll(/="(.*)"$/gm)].map(([, value]) => value ?? '');

/** Which secrets are in these bytes, in whatever form. */
function tell(bytes: Buffer): string[] {
  const places = new Map([['here', bytes.toString('latin1')]]);
  return [REFERRED, CONFIGURED, TOKEN, KEY, ...members.flatMap(secretsOn)].filter((secret) =>
    [secret, encodeURIComponent(secret)].some((form) => placesOf(form, places).length > 0),
  );
}

const diagnose = (input: object = {}): Promise<OperationReport> =>
  scenario().complete('diagnoseCluster', { cluster: CLUSTER, ...input });

beforeAll(async () => {
  worker = await scenario().worker();
  const controlCenter = { enabled: true, users: [{ name: 'admin', password: { env: 'DIAGNOSE_ADMIN' } }] };
  await scenario().complete('deployCluster', {
    cluster: CLUSTER,
    spec: scenario().spec({ name: CLUSTER, overrides: { controlCenter } }),
  });
  for (const name of members) {
    expect(secretsOn(name)).not.toEqual([]);
    writeFileSync(
      at(name, 'conf/by-hand.xml'),
      `<extra><db-password>${CONFIGURED}</db-password><level>all</level></extra>\n`,
    );
    writeFileSync(at(name, 'conf/notes.txt'), `-----BEGIN PRIVATE KEY-----\n${KEY}\n-----END PRIVATE KEY-----\n`);
    const said = [
      `log in as admin with ${REFERRED}`,
      `sent ${Buffer.from(`admin:${REFERRED}`).toString('base64')} again`,
      `GET /?p=${encodeURIComponent(REFERRED)}`,
      `the database takes ${CONFIGURED}`,
      `Authorization: Bearer ${TOKEN}`,
      `started with ${secretsOn(name)[0] ?? ''}`,
      'and so it goes on',
    ];
    appendFileSync(at(name, 'log/hivemq.log'), said.map((line) => `2026-11-21 INFO  - ${line}\n`).join(''));
    appendFileSync(at(name, 'log/audit.log'), 'an old line\n'.repeat(200_000));
  }
}, LONG);

describe('diagnostics of a cluster', () => {
  test('hold what somebody needs of every node, and no secret in any form', { timeout: LONG }, async () => {
    const report = await diagnose({ logMebibytes: 1 });
    const file = packed(report);
    const top = unpacked(file);
    const read = (name: string): string => readFileSync(path.join(top, name), 'utf8');
    for (const name of members) {
      expect(read(`${name}/log/hivemq.log`)).toContain('Started HiveMQ in');
      expect(read(`${name}/log/hivemq.log`)).toContain('and so it goes on');
      expect(read(`${name}/conf/config.xml`)).toContain('<hivemq');
      expect(read(`${name}/conf/by-hand.xml`)).toContain('<db-password>***</db-password><level>all</level>');
      expect(JSON.parse(read(`${name}/node.json`))).toMatchObject({ cluster: CLUSTER, node: name });
      for (const fact of ['== clock', '== disk', '== java', '== sockets', 'limits of the broker', 'hivemq-allow-all'])
        expect(read(`${name}/facts.txt`)).toContain(fact);
      expect(read(`${name}/environment.txt`)).toContain('PATH=');
      const [id = ''] = readdirSync(path.join(top, name, 'diagnostic-archive'));
      const own = (entry: string): string => read(`${name}/diagnostic-archive/${id}/${entry}`);
      expect(own('system.txt')).toContain('HiveMQ version: 4.30.0');
      expect(own('log/hivemq.log')).toContain('and so it goes on');
      // Of a log that is too long its end is taken, from a whole line on.
      expect(read(`${name}/log/audit.log`)).toMatch(/^(an old line\n)+$/);
      expect(statSync(path.join(top, name, 'log/audit.log')).size).toBeLessThanOrEqual(1024 * 1024);
    }
    expect(read('summary.txt')).toContain('Members: n1, n2, n3');
    expect(read('summary.txt')).toContain('deployCluster: completed');
    expect(read('spec.json')).toContain('"env": "DIAGNOSE_ADMIN"');
    expect(read('observation.json')).toContain('"runningVersion": "4.30.0"');

    // The search finds each of them where they come from, so that it would find them here.
    const sources = members.flatMap((name) =>
      ['log/hivemq.log', 'conf/by-hand.xml', 'conf/notes.txt', 'conf/hivekeeper-secrets.env'].map((one) =>
        text(name, one),
      ),
    );
    expect(new Set(tell(Buffer.from(sources.join('\n')))).size).toBeGreaterThanOrEqual(5);
    expect(tell(gunzipSync(readFileSync(file)))).toEqual([]);
    expect(left()).toEqual([]);
    expect(readdirSync(path.join(data(), 'diagnostics/.parts'))).toEqual([]);
  });

  test('are collected while another operation holds the lease, and come to where the command line asks', {
    timeout: LONG,
  }, async () => {
    const holder = await scenario().start('rollingRestart', { cluster: CLUSTER, reason: 'held', approval: 'required' });
    const lease = async () => (await queryRecord(scenario().session, CLUSTER)).lease;
    await until(async () => (await lease()).holder !== null, 30_000);
    const { token } = await lease();
    const typed = await day.type('diagnose', '--output', 'sick.tar.gz', '--data', data());
    expect(typed).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(unpacked(local('sick.tar.gz')), 'summary.txt'), 'utf8')).toContain(
      'Lease: held by rollingRestart',
    );
    const shown = await day.type('diagnose');
    expect(shown.stderr).toContain(path.join(data(), 'diagnostics', `${CLUSTER}-`));
    const elsewhere = await day.type('diagnose', '--output', 'other.tar.gz', '--data', local('nowhere'));
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.stderr).toContain(path.join(data(), 'diagnostics', `${CLUSTER}-`));
    expect(existsSync(local('other.tar.gz'))).toBe(false);
    expect(await lease()).toMatchObject({ token, holder: { operation: 'rollingRestart' } });
    await cancel(scenario().session, holder.workflowId);
    await scenario().endOf(holder);
  });

  test('name a node that cannot be reached', { timeout: LONG }, async () => {
    await scenario().stage.host('n2').cutOff('refuse');
    try {
      const report = await diagnose();
      const top = unpacked(packed(report));
      expect(readdirSync(top)).toEqual(expect.arrayContaining(['n1', 'n3']));
      expect(readdirSync(top)).not.toContain('n2');
      expect(readFileSync(path.join(top, 'summary.txt'), 'utf8')).toContain('n2: NOT REACHED');
      const notes = Object.fromEntries(report.steps.map(({ id, note }) => [id, note]));
      expect(notes['n2/collectNode']).toContain('not reached');
      expect(notes['cluster/packDiagnostics']).toContain('without n2');
    } finally {
      await scenario().stage.host('n2').restore();
    }
  });

  test('are whole over dead workers, and nothing is left behind', { timeout: LONG }, async () => {
    await worker?.stop();
    const before = readdirSync(path.join(data(), 'diagnostics'));
    const since = Date.now();
    await workers.run('diagnoseCluster', {}, ['collectNode', 'packDiagnostics']);
    const fresh = readdirSync(path.join(data(), 'diagnostics')).filter((name) => !before.includes(name));
    expect(fresh).toHaveLength(1);
    const file = path.join(data(), 'diagnostics', fresh[0] ?? '');
    const top = unpacked(file);
    for (const name of members) {
      expect(existsSync(path.join(top, name, 'diagnostic-archive'))).toBe(true);
      expect(readFileSync(path.join(top, name, 'log/hivemq.log'), 'utf8')).toContain('and so it goes on');
    }
    expect(tell(gunzipSync(readFileSync(file)))).toEqual([]);
    expect(left()).toEqual([]);
    expect(readdirSync(path.join(data(), 'diagnostics/.parts'))).toEqual([]);
    expect(day.effects(since)).toEqual({});
  });

  test('stand in no history and no log of a worker either', { timeout: LONG }, async () => {
    await scenario().worker();
    const ids: string[] = [];
    for await (const { workflowId, type } of scenario().session.client.workflow.list())
      if (type === 'diagnoseCluster') ids.push(workflowId);
    const all = await placesWithoutSecrets(scenario(), ids, []);
    expect(ids.length).toBeGreaterThan(3);
    for (const secret of [REFERRED, CONFIGURED, TOKEN]) expect(placesOf(secret, all)).toEqual([]);
    expect([...workers.covered]).toEqual(crashTests.dayTwo);
  });
});
