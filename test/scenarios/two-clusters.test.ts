import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openClient, untilConnected } from '../../src/sandbox/fleet/mqtt-client.js';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { health, journalOf, serving, snapshot, type Snapshot } from './support/look.js';
import { type End, expectFailure, useScenario } from './support/scenario.js';

const LONG = 120_000;
const VERSION = '4.30.0';
const OTHER = 'hivemq-two';
const HEALTH = { one: 8889, two: 8899 };

const scenario = useScenario({ nodes: ['n1', 'n2', 'n3'], gates: [], recovery: [] });
const hosts = (): readonly Host[] => scenario().stage.nodes;
const homeOf = (host: Host, home: string): string => path.join(host.root, home);
const specSchema = z.looseObject({ hosts: z.array(z.looseObject({ name: z.string() })) });

/** Ports beside those of the first cluster; that of the listener is left to Hivekeeper. */
const otherPorts = {
  cluster: {
    enabled: true,
    replicaCount: 2,
    transport: { type: 'tcp', bindPort: 7900 },
    failureDetection: { tcpHealthCheck: { bindPort: 7950 } },
    discovery: { type: 'static' },
  },
  listeners: [{ type: 'tcp', port: 0, bindAddress: 'host' }],
  restApi: { enabled: true, port: 8898 },
  healthApi: { enabled: true, port: HEALTH.two },
};

/** A cluster on the hosts of the first one. */
function other(name: string, home: string, overrides: Record<string, unknown> = otherPorts): Record<string, unknown> {
  const spec = specSchema.parse(structuredClone(scenario().spec({ name, version: VERSION, nodes: 3, overrides })));
  const placed = spec.hosts.map((host) => ({ ...host, home: homeOf(scenario().stage.host(host.name), home) }));
  return { ...spec, hosts: placed };
}

/** As the operator does it whose sudoers lines do not let Hivekeeper make this home. */
function makeHomes(home: string): void {
  for (const host of hosts()) {
    const { uid, gid } = statSync(host.home);
    mkdirSync(homeOf(host, home), { mode: 0o750 });
    chownSync(homeOf(host, home), uid, gid);
  }
}

const deploy = (cluster: string, spec: unknown): Promise<End> => scenario().run('deployCluster', { cluster, spec });

/** The processes of one home's broker on each host. */
const brokersOf = (home: string): unknown[] =>
  hosts().map((host) =>
    host
      .processes()
      .filter(({ cmdline }) => cmdline.includes(`${homeOf(host, home)}/`))
      .map(({ pid, startTime }) => [pid, startTime]),
  );
const healthAt = (port: number): Promise<unknown[]> => Promise.all(hosts().map((host) => health(host, port)));
const all = (members: number): unknown[] => Array<unknown>(members).fill(serving(VERSION, members));

/** Everything of the hosts but what running brokers write by themselves. */
async function standing(): Promise<Snapshot> {
  const found = await snapshot(hosts(), { brokersRun: true });
  const own = hosts().flatMap((host) => ['log', 'data'].map((name) => path.join(homeOf(host, OTHER), name)));
  return Object.fromEntries(Object.entries(found).filter(([at]) => !own.some((folder) => at.startsWith(folder))));
}

async function untouched(body: () => Promise<void>): Promise<void> {
  const look = async (): Promise<unknown> => [await standing(), hosts().map((host) => journalOf(host).length)];
  const before = await look();
  await body();
  expect(await look()).toEqual(before);
}

/** What of the hosts is the first cluster's. */
async function ofTheFirst(): Promise<unknown> {
  const found = Object.entries(await standing());
  const homes = hosts().map((host) => `${host.home}/`);
  return { brokers: brokersOf('hivemq'), files: found.filter(([at]) => homes.some((home) => at.startsWith(home))) };
}

/** The port of the listener that the broker was told. */
const listenerPort = (host: Host): number =>
  Number(
    /<tcp-listener>\s*<port>(\d+)</.exec(readFileSync(path.join(homeOf(host, OTHER), 'conf/config.xml'), 'utf8'))?.[1],
  );

describe('two clusters on the same hosts, each with a home and ports of its own', () => {
  test('the second one is deployed beside the first, on a free port that nobody named', { timeout: LONG }, async () => {
    expect((await deploy('one', scenario().spec({ name: 'one', version: VERSION, nodes: 3 }))).failure).toBeUndefined();
    makeHomes(OTHER);
    const first = await ofTheFirst();
    expect((await deploy('two', other('two', OTHER))).failure).toBeUndefined();
    expect(await ofTheFirst()).toEqual(first);
    expect([await healthAt(HEALTH.one), await healthAt(HEALTH.two)]).toEqual([all(3), all(3)]);
    const one = [expect.anything()];
    expect([brokersOf('hivemq'), brokersOf(OTHER)]).toEqual([
      [one, one, one],
      [one, one, one],
    ]);
    const [chosen, ...others] = new Set(hosts().map(listenerPort));
    expect([chosen, others]).toEqual([expect.any(Number), []]);
    expect(chosen).toBeGreaterThan(1883);
    for (const port of [1883, chosen ?? 0]) {
      for (const { address: host } of hosts()) {
        const client = openClient({ host, port }, `at-${port}`, { passing: true });
        await untilConnected(client);
        await client.endAsync();
      }
    }
  });

  test('the same file again, its port still open, changes and restarts nothing', { timeout: LONG }, async () => {
    await untouched(async () => {
      expect((await deploy('two', other('two', OTHER))).report?.changes).toEqual([]);
      const applied = await scenario().run('applySpec', { cluster: 'two', spec: other('two', OTHER) });
      expect(applied.report?.changes).toEqual([]);
    });
  });

  test('a third one in the home of the first is refused', { timeout: LONG }, async () => {
    await untouched(async () => {
      const end = await deploy('three', other('three', 'hivemq'));
      expectFailure(end, 'CheckFailed', 'check name-free fails on n1: the host belongs to node n1 of cluster one');
    });
  });

  test('a third one with a port of the first is refused', { timeout: LONG }, async () => {
    makeHomes('hivemq-three');
    await untouched(async () => {
      const listeners = [{ type: 'tcp', port: 1883, bindAddress: 'host' }];
      const rest = {
        cluster: { ...otherPorts.cluster, transport: { type: 'tcp', bindPort: 7990 }, failureDetection: {} },
        ...{ restApi: { enabled: true, port: 9898 }, healthApi: { enabled: true, port: 9899 } },
      };
      const end = await deploy('three', other('three', 'hivemq-three', { ...rest, listeners }));
      expectFailure(end, 'CheckFailed', 'check ports-free fails on n1: port 1883 is in use');
    });
  });

  test('the second one goes, and the first one notices nothing', { timeout: LONG }, async () => {
    const first = await ofTheFirst();
    await scenario().complete('decommissionNode', { cluster: 'two', node: 'n3' });
    expect(await healthAt(HEALTH.two)).toEqual([...all(2), null]);
    await scenario().complete('removeCluster', { cluster: 'two', confirm: 'two' });
    expect(brokersOf(OTHER)).toEqual([[], [], []]);
    expect(await ofTheFirst()).toEqual(first);
    expect(await healthAt(HEALTH.one)).toEqual(all(3));
  });
});
