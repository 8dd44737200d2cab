import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/sandbox/broker/config/xml.js';
import { readCredentials } from '../../../src/sandbox/broker/security/credentials.js';
import { fitsHash } from '../../../src/sandbox/broker/security/password.js';
import { covers, maySubscribe, type Permission } from '../../../src/sandbox/broker/security/permissions.js';
import { buildExtension } from '../../../src/sandbox/distribution/index.js';
import { connect } from '../../conformance/support/mqtt.js';
import { Sim, type SimNode, until } from '../../conformance/support/sim.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';

/** Published with the extension: the password is pass1. */
const pass1 =
  'WFNQUVB0UkxjM04xa0hSR1BQNGhuOTJKVzdlbXA4bjk=:100:FY12nwpUEbBK9EKQ/Aw/rQKSoA7jXsC0HKELwU2mLCVU39bJVK0zf4NemuFeDOHPO4BW1nOjxi6NporkC6rUog==';

const user = (name: string, password: string, ...roles: string[]): string =>
  `<user><name>${name}</name><password>${password}</password><roles>${roles.map((id) => `<id>${id}</id>`).join('')}</roles></user>`;
const role = (id: string, ...permissions: string[]): string =>
  `<role><id>${id}</id><permissions>${permissions.map((one) => `<permission>${one}</permission>`).join('')}</permissions></role>`;
const rbac = (users: readonly string[], roles: readonly string[]): string =>
  `<?xml version="1.0"?><file-rbac><users>${users.join('')}</users><roles>${roles.join('')}</roles></file-rbac>`;

describe('a hash', () => {
  it('fits its password and no other, and has three parts', () => {
    const admin =
      'Vjc1a0lxQ3Nvb0ljNFVHNE9WRnM3RG1IZmdNUFcwVGY=:100:PL2FLqfpdhONG7qXjAMmdVn4wlMiXnypdXiFW09zqorFhKgoiixFQw2EVJJfE9Zn79q45V7Xpc6JeKLp0ntmYA==';
    expect(fitsHash(Buffer.from('pass1'), pass1)).toBe(true);
    expect(fitsHash(Buffer.from('admin-password'), admin)).toBe(true);
    expect(fitsHash(Buffer.from('pass2'), pass1)).toBe(false);
    expect(fitsHash(Buffer.from('pass1'), pass1.replace(':100:', ':101:'))).toBe(false);
    expect(fitsHash(Buffer.from('pass1'), pass1.replace(':100:', ':'))).toBe(false);
  });
});

describe('credentials', () => {
  const errors = (xml: string, type: 'HASHED' | 'PLAIN' = 'PLAIN') =>
    readCredentials(parseXml(xml, 'file-rbac'), type).errors;
  const users = [user('u', 'p', 'r')];
  const roles = [role('r', '<topic>t</topic>')];
  const in_ = (text: string): string => `${text} in Permission for role with id 'r'`;

  it.each([
    [rbac(users, roles), []],
    [rbac([], []), ['No Users found in configuration file', 'No Roles found in configuration file']],
    [rbac(users, [...roles, role('', '<topic>t</topic>')]), ['A Role is missing an ID']],
    [rbac(users, [...roles, ...roles]), ["Duplicate ID 'r' for role"]],
    [rbac(users, [role('r')]), ["Role 'r' is missing permissions"]],
    [rbac(users, [role('r', '<qos>ONE</qos>')]), ["A Permission for role with id 'r' is missing a topic filter"]],
    [rbac(users, [role('r', '<topic>t</topic><activity>READ</activity>')]), [in_('Invalid value for Activity')]],
    [rbac(users, [role('r', '<topic>t</topic><qos>3</qos>')]), [in_('Invalid value for QoS')]],
    [rbac(users, [role('r', '<topic>t</topic><retain>yes</retain>')]), [in_('Invalid value for Retain')]],
    [rbac(users, [role('r', '<topic>t</topic><shared-group/>')]), [in_('Invalid value for Shared Group')]],
    [
      rbac(users, [role('r', '<topic>t</topic><shared-subscription>NO</shared-subscription>')]),
      [in_('Invalid value for Shared Subscription')],
    ],
    [rbac([user('', 'p', 'r')], roles), ['A User is missing a name']],
    [rbac([...users, ...users], roles), ["Duplicate Name 'u' for user"]],
    [rbac([user('u', '', 'r')], roles), ["User 'u' is missing a password"]],
    [rbac([user('u', 'p')], roles), ["User 'u' is missing roles"]],
    [rbac([user('u', 'p', 'x')], roles), ["Unknown role 'x' for user 'u'"]],
  ])('%s', (xml, expected) => expect(errors(xml)).toEqual(expected));

  it('in hashes have at least two parts', () => {
    expect(errors(rbac(users, roles), 'HASHED')).toEqual(["User 'u' has invalid password"]);
    expect(errors(rbac([user('u', 'a:b', 'r')], roles), 'HASHED')).toEqual([]);
  });
});

describe('a permission', () => {
  it.each([
    ['#', 'a/#', true],
    ['a/#', 'a', true],
    ['a/#', 'a/+/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/#', false],
    ['a/b', 'a/+', false],
    ['a/+', 'a/b/c', false],
    ['a/b/c', 'a/b', false],
  ])('for %s covers %s: %s', (wide, filter, expected) => expect(covers(wide, filter)).toBe(expected));

  it('may be for shared subscriptions alone, or for one group', () => {
    const one: Permission = {
      topic: 'a',
      activity: 'ALL',
      qos: 'ZERO_ONE',
      retain: 'ALL',
      shared: 'SHARED',
      sharedGroup: 'g',
    };
    expect(maySubscribe([one], '$share/g/a', 1)).toBe(true);
    expect(maySubscribe([one], '$share/g/a', 2)).toBe(false);
    expect(maySubscribe([one], '$share/h/a', 1)).toBe(false);
    expect(maySubscribe([one], 'a', 1)).toBe(false);
    expect(maySubscribe([{ ...one, shared: 'NOT_SHARED' }], 'a', 1)).toBe(true);
  });
});

describe('a broker with the File RBAC extension', () => {
  let sim: Sim;
  let node: SimNode;
  let extension: string;
  let allowAll: string;
  const credentials = (): string => path.join(extension, 'conf/credentials.xml');
  const roles = [
    role(
      'device',
      '<topic>data/${{clientid}}/#</topic><activity>PUBLISH</activity><qos>ZERO_ONE</qos><retain>NOT_RETAINED</retain>',
      '<topic>user/${{USERNAME}}</topic><activity>SUBSCRIBE</activity>',
    ),
    role('all', '<topic>#</topic>'),
  ];
  const login = (username: string, password: string, clientId = username, protocolVersion: 4 | 5 = 5) =>
    connect(node.url, { username, password, clientId, protocolVersion });
  const code = async (attempt: Promise<{ endAsync(): Promise<void> }>): Promise<unknown> => {
    try {
      await (await attempt).endAsync();
      return 'in';
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1 });
    node = sim.node(0);
    const zip = await buildExtension('hivemq-file-rbac-extension', '4.6.16', path.join(sim.root, 'rbac.zip'));
    await unzip(zip.file, path.join(node.home, 'extensions'));
    extension = path.join(node.home, 'extensions/hivemq-file-rbac-extension');
    allowAll = path.join(node.home, 'extensions/hivemq-allow-all-extension/DISABLED');
    writeFileSync(allowAll, '');
    // Kept elsewhere, and linked in.
    mkdirSync(path.join(sim.root, 'kept'));
    writeFileSync(
      path.join(sim.root, 'kept/c.xml'),
      rbac([user('d1', pass1, 'device'), user('root', pass1, 'all')], roles),
    );
    symlinkSync(path.join(sim.root, 'kept/c.xml'), credentials());
    node.start('run.sh', { HIVEMQ_SIM_RBAC_RELOAD: '50' });
    await sim.untilStarted([node]);
  });
  afterAll(() => sim.remove());

  it('lets in who knows the password, and nobody else', async () => {
    expect(await code(login('d1', 'pass1'))).toBe('in');
    expect(await code(login('d1', 'pass2'))).toBe(0x87);
    expect(await code(login('d1', 'pass2', 'd1', 4))).toBe(5);
    expect(await code(login('nobody', 'pass1'))).toBe(0x87);
    expect(await code(connect(node.url))).toBe(0x86);
    expect(await code(connect(node.url, { protocolVersion: 4 }))).toBe(4);
    expect(await code(login('d1', 'pass1', 'a#'))).toBe(0x85);
    expect(await code(login('d1', 'pass1', 'a+', 4))).toBe(2);
    expect(await code(login('d+', 'pass1', 'x'))).toBe(0x86);
  });

  it('lets a client publish and subscribe as its roles say', async () => {
    const watcher = await login('root', 'pass1');
    const got: string[] = [];
    watcher.on('message', (topic) => got.push(topic));
    await watcher.subscribeAsync('#', { qos: 1 });
    const device = await login('d1', 'pass1', 'c1');
    await device.publishAsync('data/c1/t', 'x', { qos: 1 });
    const refused = { code: 0x87 };
    await expect(device.publishAsync('data/c2/t', 'x', { qos: 1 })).rejects.toMatchObject(refused);
    await expect(device.publishAsync('data/c1/t', 'x', { qos: 2 })).rejects.toMatchObject(refused);
    await expect(device.publishAsync('data/c1/t', 'x', { qos: 1, retain: true })).rejects.toMatchObject(refused);
    await device.publishAsync('data/c2/t', 'x', { qos: 0 });
    await expect(device.subscribeAsync('user/root', { qos: 1 })).rejects.toThrow('Not authorized');
    expect(await device.subscribeAsync('user/d1', { qos: 1 })).toMatchObject([{ qos: 1 }]);
    await device.publishAsync('data/c1/end', 'x', { qos: 1 });
    await until('the last message arrives', () => got.includes('data/c1/end'));
    expect(got).toEqual(['data/c1/t', 'data/c1/end']);
    await device.endAsync();
    await watcher.endAsync();
  });

  it('ends the connection of an MQTT 3 client that publishes what it may not, and refuses such a will', async () => {
    const device = await login('d1', 'pass1', 'c1', 4);
    const closed = new Promise<boolean>((resolve) => device.once('close', () => resolve(true)));
    device.publish('elsewhere', 'x', { qos: 1 });
    expect(await closed).toBe(true);
    device.end(true);
    const will = { topic: 'elsewhere', payload: Buffer.from('x'), qos: 0, retain: false } as const;
    expect(await code(connect(node.url, { username: 'd1', password: 'pass1', will }))).toBe(0x87);
  });

  it('takes up what is written in place, keeps the old, and is not moved by an error', async () => {
    const file = path.join(sim.root, 'kept/c.xml');
    const used = 'Credentials configuration for file auth extension changed, using new configuration.';
    const next = rbac([user('d1', pass1, 'device'), user('d2', pass1, 'device')], roles);
    writeFileSync(file, next);
    await until('the new file is used', () => node.log.includes(used));
    expect(await code(login('d2', 'pass1'))).toBe('in');
    const archive = path.join(extension, 'credentials-archive');
    expect(readdirSync(archive)[0]).toMatch(/^\d{8}-\d\d-\d\d-\d\d-credentials\.xml$/);
    writeFileSync(file, rbac([user('d3', pass1, 'none')], roles));
    await until('the error is told of', () => node.log.includes("\n\t- Unknown role 'none' for user 'd3'"));
    expect(await code(login('d2', 'pass1'))).toBe('in');
    expect(node.countLines(used)).toBe(1);
  });

  it('does not notice a file that is older than its last reading', async () => {
    const file = path.join(sim.root, 'kept/c.xml');
    writeFileSync(`${file}.new`, rbac([user('old', pass1, 'device')], roles));
    utimesSync(`${file}.new`, 1e9, 1e9);
    renameSync(`${file}.new`, file);
    // What comes later is noticed, so the look at this one is over.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await code(login('old', 'pass1'))).toBe(0x87);
    utimesSync(file, new Date(), new Date());
    await until('it is noticed', async () => (await code(login('old', 'pass1'))) === 'in');
  });

  it('lets everybody in while the Allow All extension runs as well', async () => {
    rmSync(allowAll);
    await until('everybody is let in', async () => (await code(connect(node.url))) === 'in');
    writeFileSync(allowAll, '');
    await until('nobody is any more', async () => (await code(connect(node.url))) === 0x86);
  });

  it('denies all without credentials, prefers the old place, and takes passwords in clear', async () => {
    await node.stop();
    rmSync(credentials());
    const denying = 'No credentials configuration file for file auth extension available, denying all connections.';
    node.start('run.sh', { HIVEMQ_SIM_RBAC_RELOAD: '50' });
    await sim.untilStarted([node]);
    expect(node.log).toContain(denying);
    expect(await code(login('d1', 'pass1'))).toBe(0x87);
    await node.stop();
    writeFileSync(
      path.join(extension, 'conf/config.xml'),
      '<extension-configuration><password-type>PLAIN</password-type></extension-configuration>',
    );
    writeFileSync(path.join(extension, 'credentials.xml'), rbac([user('plain', 'secret', 'all')], roles));
    writeFileSync(credentials(), rbac([user('d1', 'pass1', 'all')], roles));
    node.start();
    await sim.untilStarted([node]);
    expect(await code(login('plain', 'secret'))).toBe('in');
    expect(await code(login('d1', 'pass1'))).toBe(0x87);
    expect(node.log).toContain('deprecated legacy location');
  });
});
