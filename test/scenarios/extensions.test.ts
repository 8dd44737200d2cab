import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DayTwo } from './support/day-two.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { healthOf, serving, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'extensions';
const LONG = 180_000;
const ID = 'acme-audit';
const COLD = 'acme-cold';
const config = 'conf/config.properties';
const members = ['n1', 'n2', 'n3'];
const all = [...members, 'n4'];
const restarted = { 'stop-requested': 1, stopped: 1, start: 1 };
const token = 'token-of-the-test-44c1';

const scenario = useScenario({ gates: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const day = new DayTwo(scenario, CLUSTER);
const { at, has, lastOf, local, text } = day;
const inside = (id: string, file: string): string => `extensions/${id}/${file}`;
const lastOfAll = (hosts: readonly string[], id: string) => hosts.map((name) => lastOf(name, id));
const same = <T>(hosts: readonly string[], value: T): T[] => hosts.map(() => value);

let worker: WorkerProcess | undefined;
let downloads: Server;
let origin: string;
let sums: { first: string; second: string };

beforeAll(async () => {
  sums = { first: await day.extension(ID, '1.0.0'), second: await day.extension(ID, '1.1.0') };
  await day.extension(ID, '1.2.0', { fails: 'throws' });
  await day.choosyExtension(ID, '1.3.0');
  await day.extension(COLD, '1.0.0', { hotReload: false });
  await day.extension(COLD, '1.1.0', { hotReload: false, fails: 'throws' });
  await day.extension('acme-mislabelled', '1.0.0', { xmlId: 'other' });
  await day.extension('acme-bare', '1.0.0', { withoutXml: true });
  writeFileSync(local('token'), token);
  downloads = createServer((request, response) => {
    if (request.headers.authorization !== token) response.writeHead(401).end();
    else if (request.url === '/second.zip') response.end(readFileSync(local(`${ID}-1.1.0.zip`)));
    else if (request.url?.startsWith('/page-')) response.end(page(request.url.slice('/page-'.length)));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(downloads, 'listening');
  origin = `http://127.0.0.1:${(downloads.address() as AddressInfo).port}`;
});
afterAll(() => downloads.close());

/** What a proxy answers in the place of an archive. */
const page = (what: string): string => `<html><body>Please log in for ${what}</body></html>`;
const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex');

/** Extension of the cluster as its record has it. */
async function recorded(id: string): Promise<unknown> {
  const { extensions } = await day.recorded();
  return Array.isArray(extensions) ? extensions.find((one: { id?: unknown }) => one.id === id) : undefined;
}

/** Nothing on any host and nothing in the record is another than before. */
async function untouched(body: () => Promise<void>): Promise<void> {
  const look = async () => [await snapshot(scenario().stage.hosts, { brokersRun: true }), await day.recorded()];
  const before = await look();
  await body();
  expect(await look()).toEqual(before);
}

describe('extensions of a running cluster, each change over a dead worker', () => {
  const since = Date.now();

  test('one is added and started on every node', { timeout: LONG }, async () => {
    const first = await scenario().worker();
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: scenario().spec({ name: CLUSTER }) });
    await first.stop();
    const content = await day.stored(`${ID}-1.0.0.zip`);
    await workers.run('addExtension', { id: ID, content }, ['applySettings']);
    expect(lastOfAll(members, ID)).toEqual(same(members, '1.0.0 started'));
  });

  test('a file of it is replaced', { timeout: LONG }, async () => {
    const content = { text: 'greeting=of the operation\n' };
    await workers.run('configureExtension', { id: ID, path: config, content }, ['applySettings']);
    for (const name of members) expect(text(name, inside(ID, config))).toBe(content.text);
  });

  test('it is disabled', { timeout: LONG }, async () => {
    await workers.run('disableExtension', { id: ID }, ['applySettings']);
    expect(lastOfAll(members, ID)).toEqual(same(members, '1.0.0 stopped'));
    for (const name of members) expect(has(name, inside(ID, 'DISABLED'))).toBe(true);
  });

  test('it is enabled again', { timeout: LONG }, async () => {
    await workers.run('enableExtension', { id: ID }, ['applySettings']);
    expect(lastOfAll(members, ID)).toEqual(same(members, '1.0.0 started'));
  });

  test('no broker was restarted for any of it', () => {
    expect(day.effects(since)).toEqual(Object.fromEntries(members.map((name) => [name, { start: 1 }])));
  });
});

describe('extensions of a running cluster, by the command line', () => {
  beforeAll(async () => {
    worker = await scenario().worker();
  });

  test('another version, which each node downloads with a secret, takes its place and keeps its files', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    expect(await recorded(ID)).toMatchObject({ enabled: true, content: { stored: sums.first } });
    const [url, header] = [`${origin}/second.zip`, `Authorization=file:${local('token')}`];
    const download = ['--url', url, '--sha256', sums.second, '--header', header] as const;
    expect(await day.type('add-extension', ID, ...download)).toMatchObject({ code: 0 });
    for (const name of members) {
      expect(day.log(name)).toMatch(/"acme-audit" version 1\.0\.0 stopped[^]*"acme-audit" version 1\.1\.0 started/);
      expect(text(name, inside(ID, config))).toBe('greeting=of the operation\n');
    }
    expect(day.effects(since)).toEqual({});
    const again = await day.type('add-extension', ID, ...download);
    expect(again.stdout).toContain('nothing to do');
  });

  test('one that throws at its start is put back on the first node, and reaches no other', {
    timeout: LONG,
  }, async () => {
    const [since, before] = [Date.now(), await day.recorded()];
    const ran = await day.type('add-extension', ID, '--file', local(`${ID}-1.2.0.zip`));
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('cannot be started because of an uncaught exception');
    expect(lastOfAll(members, ID)).toEqual(same(members, '1.1.0 started'));
    for (const name of ['n2', 'n3']) expect(day.log(name)).not.toContain('1.2.0');
    for (const name of members) {
      expect(text(name, inside(ID, 'hivemq-extension.xml'))).toContain('1.1.0');
      expect(text(name, inside(ID, config))).toBe('greeting=of the operation\n');
      expect(has(name, inside(ID, 'DISABLED'))).toBe(false);
    }
    expect(day.effects(since)).toEqual({});
    expect(await day.recorded()).toEqual(before);
  });

  test('a later node that does not take it is put back; the same again goes on from there', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const [, host = ''] = await day.members();
    const marker = at(host, inside(ID, 'conf/refuse'));
    writeFileSync(marker, '');
    const ran = await day.type('add-extension', ID, '--file', local(`${ID}-1.3.0.zip`));
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain(host);
    expect(lastOf(host, ID)).toBe('1.1.0 started');
    expect(text(host, inside(ID, 'hivemq-extension.xml'))).toContain('1.1.0');
    expect(lastOfAll(members, ID)).toContain('1.3.0 started');

    await rm(marker);
    expect(await day.type('add-extension', ID, '--file', local(`${ID}-1.3.0.zip`))).toMatchObject({ code: 0 });
    expect(lastOfAll(members, ID)).toEqual(same(members, '1.3.0 started'));
    expect(day.effects(since)).toEqual({});
  });

  test('one that cannot be started in a running broker comes with a restart, one node at a time', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    expect(
      await day.type('add-extension', COLD, '--file', local(`${COLD}-1.0.0.zip`), '--no-hot-reload'),
    ).toMatchObject({ code: 0 });
    expect(lastOfAll(members, COLD)).toEqual(same(members, '1.0.0 started'));
    expect(day.effects(since)).toEqual(Object.fromEntries(members.map((name) => [name, restarted])));
  });

  test('one that throws at the start of its broker is put back there, which is restarted as before', {
    timeout: LONG,
  }, async () => {
    const [since, before] = [Date.now(), await day.recorded()];
    const ran = await day.type('add-extension', COLD, '--file', local(`${COLD}-1.1.0.zip`));
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('cannot be started because of an uncaught exception');
    expect(lastOfAll(members, COLD)).toEqual(same(members, '1.0.0 started'));
    expect(Object.keys(day.effects(since))).toEqual((await day.members()).slice(0, 1));
    expect(await healthOf(members.map((name) => scenario().stage.host(name)))).toEqual(
      Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)])),
    );
    expect(await day.recorded()).toEqual(before);
  });

  test("one of the package's own is disabled and enabled", { timeout: LONG }, async () => {
    const own = 'hivemq-allow-all-extension';
    expect(await day.type('disable-extension', own)).toMatchObject({ code: 0 });
    for (const name of members) expect(has(name, inside(own, 'DISABLED'))).toBe(true);
    expect(await recorded(own)).toEqual({ id: own, enabled: false, files: {}, supportsHotReload: true });
    expect(await day.type('enable-extension', own)).toMatchObject({ code: 0 });
    for (const name of members) expect(has(name, inside(own, 'DISABLED'))).toBe(false);
    const removed = await scenario().run('removeExtension', { cluster: CLUSTER, id: own });
    expectFailure(removed, 'PlanRefused', 'can only be disabled: use disableExtension');
  });

  test('a node made later has all of it', { timeout: LONG }, async () => {
    expect(await day.type('scale', '--nodes', '4')).toMatchObject({ code: 0 });
    expect([lastOf('n4', ID), lastOf('n4', COLD)]).toEqual(['1.3.0 started', '1.0.0 started']);
    expect(text('n4', inside(ID, config))).toBe('greeting=of the operation\n');
  });
});

describe('what cannot be is refused before any node is touched', () => {
  const add = async (id: string, content: object) => scenario().run('addExtension', { cluster: CLUSTER, id, content });
  const header = () => ({ Authorization: { file: local('token') } });

  test.each(['enableExtension', 'disableExtension', 'removeExtension'] as const)(
    '%s of an unknown one',
    {
      timeout: LONG,
    },
    async (type) => {
      await untouched(async () => {
        const end = await scenario().run(type, { cluster: CLUSTER, id: 'acme-adit' });
        expectFailure(end, 'PlanRefused', 'acme-audit');
      });
    },
  );

  test('a file of an unknown one, and one outside of its folder', { timeout: LONG }, async () => {
    const file = { cluster: CLUSTER, id: 'acme-adit', path: config, content: { text: '' } };
    await untouched(async () => {
      expectFailure(await scenario().run('configureExtension', file), 'PlanRefused', 'it has: acme-audit, acme-cold');
      const outside = { ...file, id: ID, path: 'conf/../../x' };
      const raw = await scenario().startRaw('configureExtension', outside);
      expectFailure(await scenario().endOf(raw), 'InvalidInput', 'a path inside the folder of the extension');
      const jar = await scenario().run('configureExtension', { ...file, id: ID, path: 'lib/x.jar' });
      expectFailure(jar, 'InvalidInput', 'programs belong to the zip');
    });
  });

  test('an archive whose description is missing or of another id', { timeout: LONG }, async () => {
    const bare = await day.stored('acme-bare-1.0.0.zip');
    const mislabelled = await day.stored('acme-mislabelled-1.0.0.zip');
    const renamed = await day.stored(`${ID}-1.0.0.zip`);
    await untouched(async () => {
      expectFailure(await add('acme-bare', bare), 'UnsafeArchive', 'hivemq-extension.xml');
      expectFailure(await add('acme-mislabelled', mislabelled), 'UnsafeArchive', 'other');
      expectFailure(await add('acme-new', renamed), 'UnsafeArchive', 'acme-audit');
    });
  });

  test.each(['node', 'worker'] as const)(
    'a download by the %s that is not what was asked for',
    {
      timeout: LONG,
    },
    async (fetch) => {
      const content = (path: string, sha256: string) => ({ url: `${origin}${path}`, sha256, fetch, headers: header() });
      const before = await day.recorded();
      const other = (fetch === 'node' ? 'a' : 'b').repeat(64);
      expectFailure(await add('acme-new', content(`/page-${fetch}`, other)), 'ChecksumMismatch', other);
      expectFailure(await add('acme-new', content('/none.zip', other)), 'ContentMissing', '404');
      expectFailure(await add('acme-new', content(`/page-${fetch}`, sumOf(page(fetch)))), 'UnsafeArchive', 'acme-new');
      for (const name of all) expect(has(name, 'extensions/acme-new')).toBe(false);
      expect(await day.recorded()).toEqual(before);
    },
  );
});

describe('the end of an extension', () => {
  test('it is stopped and goes from every node, over a dead worker', { timeout: LONG }, async () => {
    await worker?.stop();
    const since = Date.now();
    await workers.run('removeExtension', { id: ID }, ['applySettings']);
    expect(lastOfAll(all, ID)).toEqual(same(all, '1.3.0 stopped'));
    for (const name of all) expect(has(name, `extensions/${ID}`)).toBe(false);
    expect(day.effects(since)).toEqual({});
    await scenario().worker();
    expect(await recorded(ID)).toBeUndefined();
  });

  test('every operation for extensions is among them', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.extensions);
  });
});
