import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, describe, expect, test } from 'vitest';
import { makeAuthority, signNode } from '../../src/adapters/tls/ca/sign.js';
import { keystoreFrom } from '../../src/adapters/tls/index.js';
import { queryRecord } from '../../src/client/temporal/index.js';
import { commandLine } from './support/command-line.js';
import { effects, snapshot } from './support/look.js';
import { useScenario } from './support/scenario.js';

const LONG = 120_000;
const CLUSTER = 'certificates';
const PORT = 8883;
const members = ['n1', 'n2', 'n3'];

const scenario = useScenario();
const clients: MqttClient[] = [];
let closed = 0;

afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
});

const tcp = { type: 'tcp', port: 1883, bindAddress: 'host' };
const tls = { type: 'tls-tcp', port: PORT, bindAddress: 'host', name: 'secure' };
const spec = (overrides: Record<string, unknown> = {}): Record<string, unknown> =>
  scenario().spec({
    name: CLUSTER,
    overrides: {
      listeners: [tcp, tls],
      tls: { issuer: 'internal-ca', validity: '40d' },
      env: { HIVEMQ_SIM_SSL_RELOAD: '200' },
      ...overrides,
    },
  });

const addressOf = (name: string): string => scenario().stage.host(name).address;
const typed = (...args: string[]) => commandLine(scenario()).type(...args);
const look = () => snapshot(scenario().stage.hosts, { brokersRun: true });
const data = (...names: string[]): string => path.join(scenario().folder, 'worker', 'data', ...names);

/** The certificates of the CA in the worker's folder, without their keys. */
function authority(number = 1): string {
  const text = readFileSync(data('tls', CLUSTER, 'ca', `${number}.pem`), 'utf8');
  return /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text)?.[0] ?? '';
}

/** Fingerprint that each node serves, whoever issued it. */
async function servedAnyhow(): Promise<Record<string, string>> {
  const names = [...members, 'n4'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await served(name, null)] as const)));
}

/** Fingerprint that a node serves to a client that trusts these certificates alone; null: any. */
async function served(name: string, ca: string | null): Promise<string> {
  const socket = connect({
    host: addressOf(name),
    port: PORT,
    ...(ca === null ? { rejectUnauthorized: false } : { ca }),
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  } finally {
    socket.destroy();
  }
}

/** Whole days until the certificate of a node ends. */
async function daysLeft(name: string): Promise<number> {
  const socket = connect({ host: addressOf(name), port: PORT, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const end = socket.getPeerX509Certificate()?.validTo ?? '';
  socket.destroy();
  return Math.round((Date.parse(end) - Date.now()) / 86_400_000);
}

const servedBy = async (names: readonly string[], ca = authority()): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await served(name, ca)] as const)));

async function joinClients(names: readonly string[], ca: string): Promise<void> {
  for (const name of names) {
    const client = await connectAsync(`mqtts://${addressOf(name)}:${PORT}`, { ca, reconnectPeriod: 0 });
    client.on('close', () => (closed += 1));
    clients.push(client);
  }
}

describe('certificates of a running cluster', () => {
  test('the internal CA gives each node its own, which clients trust', { timeout: LONG }, async () => {
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: spec() });
    expect(new Set(Object.values(await servedBy(members))).size).toBe(3);
    await joinClients(members, authority());
    const checked = await typed('check', CLUSTER);
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toMatch(/certificates.*the first one ends on /);
  });

  test('a renewal changes each node without a restart, and no client notices', { timeout: LONG }, async () => {
    const [before, since] = [await servedBy(members), Date.now()];
    const report = await scenario().complete('setCertificates', { cluster: CLUSTER, renew: true });
    expect(report.steps.map(({ id, status }) => [id, status]).sort()).toEqual(
      members.map((name) => [`${name}/rotateCertificates`, 'done']),
    );
    const after = await servedBy(members);
    expect(await daysLeft('n1')).toBe(40);
    for (const name of members) expect(after[name]).not.toBe(before[name]);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(closed).toBe(0);
    expect(clients.every(({ connected }) => connected)).toBe(true);
    // What is renewed is no difference to the spec.
    expect(await scenario().complete('applySpec', { cluster: CLUSTER, spec: spec() })).toMatchObject({ steps: [] });
  });

  test('a node that joins afterwards serves TLS at once, by the same CA', { timeout: LONG }, async () => {
    await scenario().complete('scaleCluster', { cluster: CLUSTER, nodes: 4 });
    await joinClients(['n4'], authority());
    const all = await servedBy([...members, 'n4']);
    expect(new Set(Object.values(all)).size).toBe(4);
  });
});

/** A certificate of an authority of its own, for every node. */
async function foreign(days = 60): Promise<{ ca: string; certificate: string; privateKey: string; print: string }> {
  const validity = { from: new Date(), until: new Date(Date.now() + days * 86_400_000) };
  const ca = await makeAuthority('Somebody', validity);
  const pair = await signNode(ca, 'all', [...members, 'n4'].map(addressOf), validity);
  return { ca: ca.certificate, ...pair, print: new X509Certificate(pair.certificate).fingerprint256 };
}

function write(name: string, content: string | Buffer): string {
  const file = path.join(scenario().folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

const everywhere = (print: string): Record<string, string> =>
  Object.fromEntries([...members, 'n4'].map((name) => [name, print]));
const setCertificates = (...args: string[]) => typed('set-certificates', CLUSTER, ...args, '--data', data(), '--wait');

describe('key material that somebody gives', () => {
  test('a key of another certificate is refused before anything is touched', { timeout: LONG }, async () => {
    const before = await look();
    const [one, other] = [await foreign(), await foreign()];
    const files = [
      '--certificate',
      write('one.crt', one.certificate),
      '--private-key',
      write('x.key', other.privateKey),
    ];
    const ran = await setCertificates(...files);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr + ran.stdout).toContain('belongs to none of its 1 certificate(s)');
    expect(await look()).toEqual(before);
  });

  test('a new pair is served by each node without a restart', { timeout: LONG }, async () => {
    const [given, since] = [await foreign(20), Date.now()];
    const files = [
      '--certificate',
      write('own.crt', given.certificate),
      '--private-key',
      write('own.key', given.privateKey),
    ];
    const ran = await setCertificates('--listener', 'secure', ...files);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('ends on ');
    expect(await servedBy([...members, 'n4'], given.ca)).toEqual(everywhere(given.print));
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(closed).toBe(0);
  });

  test('a keystore with a password of its own asks for restarts, each verified', { timeout: LONG }, async () => {
    const [given, since] = [await foreign(), Date.now()];
    const password = `file:${write('store.pw', 'changeit')}`;
    const store = write('own.p12', await keystoreFrom({ ...given, certificateChain: given.certificate }, 'changeit'));
    expect(await setCertificates('--keystore', store, '--password', password)).toMatchObject({ code: 0 });
    expect(await servedBy([...members, 'n4'], given.ca)).toEqual(everywhere(given.print));
    expect(Object.values(effects(scenario().stage.nodes, since)).map(({ start }) => start)).toEqual([1, 1, 1, 1]);
  });

  test('what a broker does not take fails on the first node, which serves the certificate before again', {
    timeout: LONG,
  }, async () => {
    const given = await foreign();
    const stored = write('new.p12', await keystoreFrom({ ...given, certificateChain: given.certificate }, 'changeit'));
    const jks = path.join(scenario().folder, 'new.jks');
    // Java reads JKS, and so does Hivekeeper; the stand-in for the broker does not.
    const convert = ['-importkeystore', '-srckeystore', stored, '-destkeystore', jks, '-deststoretype', 'JKS'];
    execFileSync('keytool', [...convert, '-srcstorepass', 'changeit', '-deststorepass', 'changeit'], {
      stdio: 'ignore',
    });
    const before = await servedAnyhow();
    const since = Date.now();
    const ran = await setCertificates('--keystore', jks);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr + ran.stdout).toMatch(/Could not parse new SSL Context.*Everything on n1 is as before\./s);
    expect(await servedAnyhow()).toEqual(before);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    // Neither the record nor another node has what failed.
    expect(JSON.stringify((await queryRecord(scenario().session, CLUSTER)).spec)).not.toContain('new.jks');
    expect(
      await setCertificates('--keystore', write('old.p12', readFileSync(path.join(scenario().folder, 'own.p12')))),
    ).toMatchObject({
      code: 0,
    });
    expect(await servedAnyhow()).toEqual(before);
  });
});
