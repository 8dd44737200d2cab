import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Monitor, startMonitor } from '../../src/sandbox/stage/index.js';
import { effects, healthOf, serving, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const LONG = 180_000;
const CLUSTER = 'authority';
const PORT = 8883;
const members = ['n1', 'n2', 'n3'];
const once1 = { 'stop-requested': 1, stopped: 1, start: 1 };

const scenario = useScenario();
let monitor: Monitor;
beforeAll(() => {
  monitor = startMonitor(scenario().stage.nodes);
});
afterAll(() => monitor.stop());

const rotateCa = (phase: string) => scenario().run('setCertificates', { cluster: CLUSTER, rotateCa: phase });
const nodes = () => members.map((name) => scenario().stage.host(name));

/** A certificate of the cluster's CA, as the worker keeps it. */
function authority(number: number): X509Certificate {
  const file = path.join(scenario().folder, 'worker', 'data', 'tls', CLUSTER, 'ca', `${number}.pem`);
  return new X509Certificate(readFileSync(file, 'utf8'));
}

/** Which CA issued what each node serves. */
async function issuers(): Promise<string[]> {
  return Promise.all(
    nodes().map(async ({ address }) => {
      const socket = connect({ host: address, port: PORT, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const leaf = socket.getPeerX509Certificate();
      socket.destroy();
      return [1, 2].filter((number) => leaf?.checkIssued(authority(number))).join();
    }),
  );
}

/** One restart of every node, one at a time, and the cluster whole afterwards. */
async function expectRoll(since: number): Promise<void> {
  expect(effects(scenario().stage.nodes, since)).toEqual(Object.fromEntries(members.map((name) => [name, once1])));
  expect(monitor.maxSimultaneouslyDown(members, since, Date.now())).toBe(1);
  expect(await healthOf(nodes())).toEqual(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)])));
}

describe('the CA of a cluster with TLS between its nodes', () => {
  test('the nodes find each other by certificates of the internal CA', { timeout: LONG }, async () => {
    const overrides = {
      listeners: [
        { type: 'tcp', port: 1883, bindAddress: 'host' },
        { type: 'tls-tcp', port: PORT, bindAddress: 'host' },
      ],
      tls: { issuer: 'internal-ca' },
      env: { HIVEMQ_SIM_SSL_RELOAD: '200' },
      cluster: {
        replicaCount: 2,
        transport: { type: 'tcp', bindPort: 7800, tls: { clientAuthenticationMode: 'REQUIRED' } },
        discovery: { type: 'static' },
      },
    };
    await scenario().complete('deployCluster', {
      cluster: CLUSTER,
      spec: scenario().spec({ name: CLUSTER, overrides }),
    });
    expect(await healthOf(nodes())).toEqual(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)])));
  });

  test('a switch that was not begun is refused before anything is touched', { timeout: LONG }, async () => {
    const before = await snapshot(scenario().stage.hosts, { brokersRun: true });
    expectFailure(await rotateCa('switch'), 'InvalidInput', 'no change of its CA has begun');
    expect(await snapshot(scenario().stage.hosts, { brokersRun: true })).toEqual(before);
  });

  test('every node trusts the next CA before any shows a certificate of it', { timeout: LONG }, async () => {
    const begun = Date.now();
    expect(await rotateCa('begin')).toMatchObject({ report: { status: 'completed' } });
    await expectRoll(begun);
    expect(await issuers()).toEqual(['1', '1', '1']);
    const switched = Date.now();
    expect(await rotateCa('switch')).toMatchObject({ report: { status: 'completed' } });
    await expectRoll(switched);
    expect(await issuers()).toEqual(['2', '2', '2']);
  });

  test('in the end nobody trusts the old one', { timeout: LONG }, async () => {
    const since = Date.now();
    expect(await rotateCa('finish')).toMatchObject({ report: { status: 'completed' } });
    await expectRoll(since);
    expect(await issuers()).toEqual(['2', '2', '2']);
  });
});
