import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/activities/steps/manifest/environment-file.js';
import { DirectoryContentStore } from '../../src/adapters/content/index.js';
import { publishFiles } from '../../src/client/content/index.js';
import { encodeClusterSpec, parseClusterSpec } from '../../src/domain/spec/index.js';
import { licenseMarker } from '../../src/sandbox/broker/licenses.js';
import { buildExtension } from '../../src/sandbox/distribution/index.js';
import { certificateOf } from '../activities/manifest/support/certificates.js';
import { effects, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const LONG = 120_000;
const CLUSTER = 'content';
const members = ['n1', 'n2', 'n3'];

/** Values that may be on hosts, in files of mode 0600, and nowhere else. */
const secrets = {
  token: 'token-8f1c "quoted" $HOME',
  password: 'password-77ab',
  license: `${licenseMarker}\nlicense-5d2e`,
};

const scenario = useScenario();
const at = (name: string, file: string): string => path.join(scenario().stage.host(name).home, file);
const textOn = (name: string, file: string): string => readFileSync(at(name, file), 'utf8');
const modeOn = (name: string, file: string): string => (statSync(at(name, file)).mode & 0o777).toString(8);
const logOf = (name: string): string => textOn(name, 'log/hivemq.log');
const local = (file: string): string => path.join(scenario().folder, 'spec', file);
const put = (file: string, content: string): string => {
  writeFileSync(local(file), content);
  return local(file);
};
/** Parts of private keys that were brought to the nodes. */
const secretTexts: string[] = [];
let fingerprint: string;
/** The workflows that ran. */
const started: string[] = [];

/** As the command line sends it: files are in the store of the workers, and named by their hash. */
async function sent(more: Record<string, unknown> = {}): Promise<unknown> {
  const spec = scenario().spec({
    name: CLUSTER,
    overrides: {
      licenses: [{ name: 'prod.lic', content: { file: local('prod.lic') } }],
      extensions: extensions(),
      env: { STAGE_TOKEN: { file: local('token') } },
      listeners: [
        { type: 'tcp', port: 1883, bindAddress: 'host' },
        { type: 'tls-tcp', port: 8883, bindAddress: 'host', tls: { keystore: pem() } },
      ],
      controlCenter: {
        enabled: true,
        bindAddress: 'host',
        users: [{ name: 'admin', password: { file: local('password') } }],
      },
      ...more,
    },
  });
  const read = parseClusterSpec(spec);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  const store = new DirectoryContentStore(path.join(scenario().folder, 'worker', 'data', 'content'));
  return encodeClusterSpec((await publishFiles(read.spec, store, { dryRun: false })).spec);
}

const pem = () => ({ certificate: { file: local('node.pem') }, privateKey: { file: local('node.key') } });

/** Writes another key pair beside the spec. @returns the fingerprint of its certificate */
function newKeyPair(): string {
  const { certificate, privateKey } = certificateOf('content');
  put('node.pem', certificate);
  put('node.key', privateKey);
  secretTexts.push(...privateKey.split('\n').filter((line) => line.length === 64));
  return new X509Certificate(certificate).fingerprint256;
}

/** What clients of a node are shown. */
async function servedBy(name: string): Promise<string> {
  const { address: host } = scenario().stage.host(name);
  const socket = connect({ host, port: 8883, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function extensions(changes: Record<string, unknown> = {}): Record<string, unknown>[] {
  const files = { 'conf/config.properties': { text: 'greeting=of the spec\n' } };
  return [
    { id: 'on-extension', content: { file: local('on-1.0.0.zip') }, files, ...changes },
    { id: 'off-extension', content: { file: local('off-1.0.0.zip') }, enabled: false },
  ];
}

async function apply(spec: unknown) {
  const operation = await scenario().start('deployCluster', { cluster: CLUSTER, spec });
  started.push(operation.workflowId);
  return scenario().endOf(operation);
}
async function applied(spec: unknown): Promise<void> {
  const { failure } = await apply(spec);
  if (failure !== undefined) throw new Error(`${failure.kind}: ${failure.message}`);
}

beforeAll(async () => {
  await mkdir(path.join(scenario().folder, 'spec'), { recursive: true });
  put('prod.lic', secrets.license);
  put('token', `${secrets.token}\n`);
  put('password', secrets.password);
  fingerprint = newKeyPair();
  await buildExtension('on-extension', '1.0.0', local('on-1.0.0.zip'));
  await buildExtension('on-extension', '1.1.0', local('on-1.1.0.zip'));
  await buildExtension('off-extension', '1.0.0', local('off-1.0.0.zip'));
});

/** Everything that the spec brings to a node, looked at on its host. */
function expectBrought(name: string): void {
  expect(textOn(name, 'license/prod.lic')).toBe(secrets.license);
  expect(logOf(name)).toContain('Extension "on-extension" version 1.0.0 started successfully.');
  expect(logOf(name)).not.toContain('Extension "off-extension"');
  expect(textOn(name, 'extensions/on-extension/conf/config.properties')).toBe('greeting=of the spec\n');
  expect(textOn(name, 'extensions/off-extension/conf/config.properties')).toBe('greeting=hello\n');
  expect(existsSync(at(name, 'extensions/off-extension/DISABLED'))).toBe(true);
  const variables = readEnvironment(textOn(name, 'conf/hivekeeper-secrets.env'));
  expect(variables.get('STAGE_TOKEN')).toBe(secrets.token);
  const hash = createHash('sha256').update(`admin${secrets.password}`).digest('hex');
  expect([...variables.values()]).toContain(hash);
  expect(modeOn(name, 'conf/hivekeeper-secrets.env')).toBe('600');
  expect(environmentOf(name)).toContain(`STAGE_TOKEN=${secrets.token}`);
}

/** What the broker of a node was started with. */
function environmentOf(name: string): string {
  const processes = scenario().stage.host(name).processes();
  const broker = processes.find(({ cmdline }) => cmdline.includes('hivemq'));
  return readFileSync(`/proc/${broker?.pid ?? 'none'}/environ`, 'utf8');
}

describe('what a spec brings to its nodes', () => {
  test('a license, extensions, their files and secrets are on every node', { timeout: LONG }, async () => {
    await applied(await sent());
    for (const name of members) expectBrought(name);
    for (const name of members) expect(await servedBy(name)).toBe(fingerprint);
    expect(modeOn('n1', 'conf/tls/listener-8883.p12')).toBe('600');
  });

  test('the same again touches nothing', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts, { brokersRun: true });
    await applied(await sent());
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
  });

  test('a node made later has all of it', { timeout: LONG }, async () => {
    const { workflowId } = await scenario().start('scaleCluster', { cluster: CLUSTER, nodes: 4 });
    started.push(workflowId);
    expect((await scenario().endOf({ workflowId })).failure).toBeUndefined();
    expectBrought('n4');
    expect(await servedBy('n4')).toBe(fingerprint);
  });

  test('what somebody changed by hand comes back, without a restart where none is needed', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const before = textOn('n2', 'conf/logback.xml');
    writeFileSync(at('n2', 'conf/logback.xml'), before.replace('<configuration', '<!-- by hand --><configuration'));
    await applied(await sent({ nodes: 4 }));
    expect(textOn('n2', 'conf/logback.xml')).toBe(before);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('another certificate is served by all listeners when the operation ends', { timeout: LONG }, async () => {
    const since = Date.now();
    fingerprint = newKeyPair();
    await applied(await sent({ nodes: 4 }));
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    for (const { name } of scenario().stage.nodes) expect(await servedBy(name)).toBe(fingerprint);
  });

  test('a new version and new files of an extension come while the brokers run', { timeout: LONG }, async () => {
    const since = Date.now();
    const files = { 'conf/config.properties': { text: 'greeting=anew\n' } };
    const changed = extensions({ content: { file: local('on-1.1.0.zip') }, files });
    await applied(await sent({ nodes: 4, extensions: changed }));
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    for (const { name } of scenario().stage.nodes) {
      expect(logOf(name)).toMatch(/"on-extension" version 1\.0\.0 stopped[^]*"on-extension" version 1\.1\.0 started/);
      expect(textOn(name, 'extensions/on-extension/conf/config.properties')).toBe('greeting=anew\n');
    }
  });

  test('a license that the broker refuses is put back on the first node, and reaches no other', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    put('prod.lic', 'no license');
    const end = await apply(await sent({ nodes: 4 }));
    expectFailure(end, 'NotTakenUp', 'License file prod.lic is corrupt.');
    put('prod.lic', secrets.license);
    for (const { name } of scenario().stage.nodes) expect(textOn(name, 'license/prod.lic')).toBe(secrets.license);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('what the spec no longer names is gone, what somebody else put there is not', { timeout: LONG }, async () => {
    const own = at('n1', 'license/own.lic');
    writeFileSync(own, secrets.license);
    await applied(await sent({ nodes: 4, licenses: [], extensions: extensions().slice(0, 1) }));
    for (const { name } of scenario().stage.nodes) {
      expect(existsSync(at(name, 'license/prod.lic'))).toBe(false);
      expect(await readdir(at(name, 'extensions'))).not.toContain('off-extension');
    }
    expect(existsSync(own)).toBe(true);
  });

  test('a secret that was changed at the worker is brought to the nodes, one at a time', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    secretTexts.push(secrets.token);
    secrets.token = 'token-anew-31c8';
    put('token', secrets.token);
    const spec = await sent({ nodes: 4, licenses: [], extensions: extensions().slice(0, 1) });
    await applied(spec);
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once, n4: once });
    for (const { name } of scenario().stage.nodes)
      expect(environmentOf(name)).toContain(`STAGE_TOKEN=${secrets.token}`);
    const again = Date.now();
    await applied(spec);
    expect(effects(scenario().stage.nodes, again)).toEqual({});
  });

  test('no secret is in a history, in a log of the worker, in node.json or in the list of processes', async () => {
    const forms = [...Object.values(secrets), ...secretTexts].flatMap((value) => [
      value,
      JSON.stringify(value).slice(1, -1),
    ]);
    const encoded = forms.map((value) => Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -2));
    const texts: string[] = [];
    for (const workflowId of [...started, `cluster/${CLUSTER}`]) {
      const handle = scenario().session.client.workflow.getHandle(workflowId);
      texts.push(JSON.stringify(await handle.fetchHistory(), decoded));
    }
    const folder = path.join(scenario().folder, 'worker');
    for (const file of await readdir(folder))
      if (file.endsWith('.log')) texts.push(readFileSync(path.join(folder, file), 'utf8'));
    for (const { name } of scenario().stage.nodes) texts.push(textOn(name, '.hivekeeper/node.json'), logOf(name));
    for (const host of scenario().stage.hosts) texts.push(...host.processes().map(({ cmdline }) => cmdline));
    expect(texts.join('\n').length).toBeGreaterThan(10_000);
    expect(secretTexts.length).toBeGreaterThan(1);
    for (const value of [...forms, ...encoded]) expect(texts.some((text) => text.includes(value))).toBe(false);
  });
});

/** Payloads of a history are bytes: as text here, so that a search finds what is in them. */
function decoded(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
}
