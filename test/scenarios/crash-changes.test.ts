import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { effects, healthOf, serving } from './support/look.js';
import { useScenario } from './support/scenario.js';

const CLUSTER = 'crash-changes';
const LONG = 120_000;
const PORT = 8883;
const members = ['n1', 'n2', 'n3'];
const restarted = { 'stop-requested': 1, stopped: 1, start: 1 };

const scenario = useScenario({ gates: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);

const tcp = { type: 'tcp', port: 1883, bindAddress: 'host' };
const quick = { HIVEMQ_SIM_SSL_RELOAD: '200' };
const spec = (overrides: object) =>
  scenario().spec({ name: CLUSTER, nodes: 3, overrides: { env: quick, ...overrides } });
const changed = {
  listeners: [tcp, { type: 'tls-tcp', port: PORT, bindAddress: 'host' }],
  tls: { issuer: 'internal-ca' },
};

async function healthy(): Promise<void> {
  const hosts = members.map((name) => scenario().stage.host(name));
  expect(await healthOf(hosts)).toEqual(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)])));
}

/** Fingerprint that each node serves, by name. */
async function served(): Promise<Record<string, string>> {
  const found = await Promise.all(
    members.map(async (name) => {
      const socket = connect({ host: scenario().stage.host(name).address, port: PORT, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const print = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
      socket.destroy();
      return [name, print] as const;
    }),
  );
  return Object.fromEntries(found);
}

describe('a worker is killed after a change and before it could say so; another one goes on', () => {
  test('applySpec, when a node is configured and when it has started', { timeout: LONG }, async () => {
    const first = await scenario().worker();
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: spec({ listeners: [tcp] }) });
    await first.stop();
    const since = Date.now();
    await workers.run('applySpec', { spec: spec(changed) }, ['configureNode', 'startNode']);
    await healthy();
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: restarted, n2: restarted, n3: restarted });
  });

  test('setLogLevel, when a level is written', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('setLogLevel', { level: 'DEBUG' }, ['applySettings']);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('setCertificates, when a certificate is changed: nothing is issued twice', { timeout: LONG }, async () => {
    const [before, since] = [await served(), Date.now()];
    let between = before;
    await workers.run('setCertificates', { renew: true }, ['rotateCertificates'], async () => {
      between = await served();
    });
    const after = await served();
    const done = members.filter((name) => between[name] !== before[name]);
    expect(done).toHaveLength(1);
    for (const name of done) expect(after[name]).toBe(between[name]);
    for (const name of members) expect(after[name]).not.toBe(before[name]);
    expect(effects(scenario().stage.nodes, since)).toEqual({});
  });

  test('restartNode, at the stop', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('restartNode', { node: 'n2' }, ['stopNode']);
    await healthy();
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: restarted });
  });

  test('rollingRestart, at a start', { timeout: LONG }, async () => {
    const since = Date.now();
    await workers.run('rollingRestart', { reason: 'a worker shall die' }, ['startNode']);
    await healthy();
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: restarted, n2: restarted, n3: restarted });
  });

  test('every change is among them', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.change);
  });
});
