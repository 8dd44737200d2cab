import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/activities/steps/manifest/environment-file.js';
import { queryRecord } from '../../src/client/temporal/index.js';
import { fileWith, shippedHash } from '../domain/products/hivemq/file-rbac/credentials.js';
import { commandLine } from './support/command-line.js';
import { DayTwo } from './support/day-two.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { healthOf, serving, snapshot } from './support/look.js';
import { access, type Identity, isLetIn } from './support/mqtt-access.js';
import { expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'users';
const LONG = 120_000;
const members = ['n1', 'n2', 'n3'];
const all = [...members, 'n4'];
const [rbac, allowAll] = ['hivemq-file-rbac-extension', 'hivemq-allow-all-extension'];
const link = `extensions/${rbac}/conf/credentials.xml`;
const file = 'conf/file-rbac/credentials.xml';

/** In the file that the vendor ships with the extension. */
const user1 = { username: 'user1', password: 'pass1', clientId: 'device-1' };
const ann = { username: 'ann', password: 'ann & <her> password' };
const bob = { username: 'bob', password: 'pass1' };

const scenario = useScenario({ gates: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const day = new DayTwo(scenario, CLUSTER);
const { at, has, local, text } = day;
const host = (name: string) => scenario().stage.host(name);
let worker: WorkerProcess | undefined;

/** Which of the nodes let a client in. */
async function letInAt(names: readonly string[], identity: Identity = {}): Promise<string[]> {
  const answers = await Promise.all(names.map(async (name) => ((await isLetIn(host(name), identity)) ? [name] : [])));
  return answers.flat();
}

const check = async (): Promise<string> => (await commandLine(scenario()).type('check', CLUSTER)).stdout;
const setUsers = (...args: string[]) =>
  day.type('set-users', ...args, '--data', path.join(scenario().folder, 'worker/data'));

/** The users of the record, and whether it has the extension. */
async function recorded(): Promise<{ users: unknown; extensions: unknown }> {
  const { spec } = await queryRecord(scenario().session, CLUSTER);
  return { users: spec?.['users'], extensions: spec?.['extensions'] };
}

/** A mark in the folder to be, as the account of the broker would leave it, at which the extension throws. */
function makeRefuse(name: string): void {
  const { uid, gid } = statSync(at(name, 'extensions'));
  for (const folder of [`extensions/${rbac}`, `extensions/${rbac}/conf`]) {
    mkdirSync(at(name, folder));
    chownSync(at(name, folder), uid, gid);
  }
  writeFileSync(at(name, `extensions/${rbac}/conf/refuse`), '');
}

const restarted = { 'stop-requested': 1, stopped: 1, start: 1 };

describe('users of a running cluster', () => {
  test('an extension that fails on one node leaves it as it was, and reaches no other', { timeout: LONG }, async () => {
    worker = await scenario().worker();
    const spec = scenario().spec({
      name: CLUSTER,
      overrides: {
        env: { HIVEMQ_SIM_RBAC_RELOAD: '200' },
        controlCenter: { enabled: true, users: [{ name: 'admin', password: { file: local('admin-password') } }] },
      },
    });
    writeFileSync(local('admin-password'), 'before');
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec });
    expect(await letInAt(members)).toEqual(members);
    await day.choosyExtension(rbac, '4.6.0');
    writeFileSync(local('credentials.xml'), fileWith());
    makeRefuse('n1');
    const before = await recorded();
    const since = Date.now();

    const given = {
      credentials: await day.stored('credentials.xml'),
      extension: await day.stored(`${rbac}-4.6.0.zip`),
    };
    const end = await scenario().run('setUsers', { cluster: CLUSTER, ...given });

    expectFailure(end, 'NotTakenUp', rbac);
    expect(await letInAt(members)).toEqual(members);
    for (const name of members) expect(has(name, file)).toBe(false);
    for (const name of ['n2', 'n3']) expect(has(name, `extensions/${rbac}`)).toBe(false);
    expect(has('n1', `extensions/${allowAll}/DISABLED`)).toBe(false);
    expect(await recorded()).toEqual(before);
    expect(day.effects(since)).toEqual({});
    rmSync(at('n1', `extensions/${rbac}`), { recursive: true });
  });

  test('come from a file, over a dead worker and without a restart; then only they are let in', {
    timeout: LONG,
  }, async () => {
    await worker?.stop();
    await day.extension(rbac, '4.6.16');
    const since = Date.now();
    const given = {
      credentials: await day.stored('credentials.xml'),
      extension: await day.stored(`${rbac}-4.6.16.zip`),
    };
    await workers.run('setUsers', given, ['applySettings']);
    worker = await scenario().worker();
    expect(day.effects(since)).toEqual({});
    expect(await letInAt(members, user1)).toEqual(members);
    expect(await letInAt(members)).toEqual([]);
    expect(await letInAt(members, { ...user1, password: 'pass2' })).toEqual([]);
    expect(await letInAt(members, { ...user1, username: 'user2' })).toEqual([]);
    for (const name of members) {
      expect(await access(host(name), user1, 'data/device-1/a')).toEqual({ publish: true, subscribe: true });
      expect(await access(host(name), user1, 'data/device-2/a')).toEqual({ publish: false, subscribe: false });
      expect(has(name, `extensions/${allowAll}/DISABLED`)).toBe(true);
      expect(lstatSync(at(name, link)).isSymbolicLink()).toBe(true);
      expect(readlinkSync(at(name, link))).toBe(`../../../${file}`);
      expect((statSync(at(name, file)).mode & 0o777).toString(8)).toBe('600');
    }
  });

  test('come from users and roles, with passwords that no history has', { timeout: LONG }, async () => {
    writeFileSync(local('ann-password'), `${ann.password}\n`);
    const roles = [
      { id: 'reader', permissions: [{ topic: 'news/#', activity: 'SUBSCRIBE' }] },
      { id: 'writer', permissions: [{ topic: '${{username}}/#', activity: 'PUBLISH', qos: 'ZERO_ONE' }] },
    ];
    const users = [
      { name: 'ann', password: { file: local('ann-password') }, roles: ['reader', 'writer'] },
      { name: 'bob', passwordHash: shippedHash, roles: ['reader'] },
    ];
    writeFileSync(local('users.yaml'), JSON.stringify({ users, roles }));
    expect(await setUsers('--users', 'users.yaml')).toMatchObject({ code: 0 });
    expect(await letInAt(members, user1)).toEqual([]);
    for (const one of [ann, bob]) expect(await letInAt(members, one)).toEqual(members);
    expect(await access(host('n2'), ann, 'ann/x')).toEqual({ publish: true, subscribe: false });
    expect(await access(host('n2'), ann, 'news/x')).toEqual({ publish: false, subscribe: true });
    expect(await access(host('n3'), bob, 'bob/x')).toEqual({ publish: false, subscribe: false });
    const [first, ...others] = members.map((name) => text(name, file));
    for (const other of others) expect(other).toBe(first);
    const again = await setUsers('--users', 'users.yaml');
    expect(again.stdout).toContain('nothing to do');
  });

  test('a password that was changed at the worker is brought by the same operation', { timeout: LONG }, async () => {
    const [old, renewed] = [ann, { ...ann, password: 'another one' }];
    writeFileSync(local('ann-password'), renewed.password);
    expect(await setUsers('--users', 'users.yaml')).toMatchObject({ code: 0 });
    expect(await letInAt(members, renewed)).toEqual(members);
    expect(await letInAt(members, old)).toEqual([]);
  });

  test('may stand in the file as they are', { timeout: LONG }, async () => {
    writeFileSync(local('ann-password'), ann.password);
    writeFileSync(
      local('plain.yaml'),
      JSON.stringify({
        passwordType: 'plain',
        users: [{ name: 'ann', password: { file: local('ann-password') }, roles: ['all'] }],
        roles: [{ id: 'all', permissions: [{ topic: '#' }] }],
      }),
    );
    expect(await setUsers('--users', 'plain.yaml')).toMatchObject({ code: 0 });
    expect(await letInAt(members, ann)).toEqual(members);
    expect(text('n1', file)).toContain('ann &amp; &lt;her&gt; password');
    expect(await setUsers('--credentials', 'credentials.xml', '--password-type', 'hashed')).toMatchObject({ code: 0 });
    expect(await letInAt(members, user1)).toEqual(members);
  });

  test.each<[string, string, string]>([
    ['no users', fileWith({ users: '' }), 'has no users'],
    ['no roles', fileWith({ allRoles: '' }), 'has no roles'],
    ['a role without permissions', fileWith({ permissions: '' }), 'the role role1 has no permissions'],
    ['a word that is none', fileWith({ permission: '<topic>#</topic><qos>3</qos>' }), 'has the qos "3"'],
    ['a user without a password', fileWith({ password: '' }), 'the user user1 has no password'],
    ['a password that is no hash', fileWith({ password: '<password>pass1</password>' }), 'is no hash'],
    ['an unknown role', fileWith({ roles: '<roles><id>admin</id></roles>' }), 'has the role admin, which is not there'],
    ['no XML', '<html><body>404</body>', 'is not well-formed'],
  ])('a file with %s is refused, and nothing is changed', { timeout: LONG }, async (_, xml, reason) => {
    const [before, known] = [await snapshot(scenario().stage.hosts, { brokersRun: true }), await recorded()];
    writeFileSync(local('bad.xml'), xml);
    const { code, stderr } = await setUsers('--credentials', 'bad.xml');
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
    expect(await recorded()).toEqual(known);
  });

  test('a node made later lets in the same ones', { timeout: LONG }, async () => {
    expect(await day.type('scale', '--nodes', '4')).toMatchObject({ code: 0 });
    expect(await letInAt(all, user1)).toEqual(all);
    expect(await letInAt(all)).toEqual([]);
    expect(text('n4', file)).toBe(text('n1', file));
  });

  test('stay while their extension is replaced, switched off and on again', { timeout: LONG }, async () => {
    const before = text('n2', file);
    await day.extension(rbac, '4.7.0');
    expect(await day.type('add-extension', rbac, '--file', `${rbac}-4.7.0.zip`)).toMatchObject({ code: 0 });
    expect(await letInAt(all, user1)).toEqual(all);
    expect(await day.type('disable-extension', rbac)).toMatchObject({ code: 0 });
    expect(await letInAt(all, user1)).toEqual([]);
    expect(await check()).toContain('lets nobody in');
    expect(await day.type('enable-extension', rbac)).toMatchObject({ code: 0 });
    expect(await letInAt(all, user1)).toEqual(all);
    expect(text('n2', file)).toBe(before);
  });

  test('the extension that lets everybody in, switched on by hand, is noticed and switched off', {
    timeout: LONG,
  }, async () => {
    rmSync(at('n3', `extensions/${allowAll}/DISABLED`));
    await expect.poll(() => letInAt(['n3']), { timeout: 10_000 }).toEqual(['n3']);
    expect(await check()).toContain(`${rbac} and ${allowAll} are enabled`);
    expect(await setUsers('--credentials', 'credentials.xml')).toMatchObject({ code: 0 });
    expect(await letInAt(all)).toEqual([]);
    expect(await check()).not.toContain('are enabled');
  });
});

describe('users of the control center', () => {
  test('are replaced with a rolling restart, over dead workers', { timeout: LONG }, async () => {
    await worker?.stop();
    writeFileSync(local('ops-password'), 'secret of ops');
    const since = Date.now();
    const users = [{ name: 'ops', password: { file: local('ops-password') } }];
    await workers.run('setControlCenterUsers', { users }, ['configureNode', 'startNode']);
    expect(day.effects(since)).toEqual(Object.fromEntries(all.map((name) => [name, restarted])));
    expect(await healthOf(all.map(host))).toEqual(Object.fromEntries(all.map((name) => [name, serving('4.30.0', 4)])));
    const hash = createHash('sha256').update('opssecret of ops').digest('hex');
    for (const name of all) {
      expect([...readEnvironment(text(name, 'conf/hivekeeper-secrets.env')).values()]).toContain(hash);
      expect(text(name, 'conf/config.xml')).toMatch(/<name>ops<\/name>/);
      expect(text(name, 'conf/config.xml')).not.toContain('<name>admin</name>');
    }
    expect(await letInAt(all, user1)).toEqual(all);
  });

  test('every operation for users is among them', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.users);
  });
});
