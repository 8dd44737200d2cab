import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { approve, type Failure, queryProgress, reject } from '../../src/client/temporal/index.js';
import type { OperationType } from '../../src/domain/operations/index.js';
import { makeZip } from '../adapters/archive/zips.js';
import { openDesk } from '../client/cli/spec/run-cli.js';
import { hostKindRequirement } from '../support/host-kinds.js';
import { mustSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { healthOf, serving, snapshot } from './support/look.js';
import { type End, expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'a';
const LONG = 60_000;

const separate = await hostKindRequirement({ accounts: 'separate' });
const scenario = useScenario();
const desk = openDesk();
afterAll(() => desk.clear());

/** As far as the tests spoil it. */
const specSchema = z.looseObject({
  name: z.string(),
  nodes: z.number(),
  hosts: z.array(z.looseObject({ name: z.string(), address: z.string(), hostKey: z.string() })),
  broker: z.looseObject({
    version: z.string(),
    package: z.looseObject({ url: z.string(), sha256: z.record(z.string(), z.string()) }),
  }),
  cluster: z.looseObject({ transport: z.looseObject({}) }),
});
type Spec = z.infer<typeof specSchema>;

/** A spec of three nodes, changed by hand. */
function specWith(change: (spec: Spec) => void = () => undefined): Spec {
  const spec = specSchema.parse(structuredClone(scenario().spec({ name: CLUSTER, version: '4.31.0' })));
  change(spec);
  return spec;
}

/** Every file, time and process of every host is the same before and after. */
async function untouched(body: () => Promise<void>, options: { brokersRun?: boolean } = {}): Promise<void> {
  const before = await snapshot(scenario().stage.hosts, options);
  expect(Object.keys(before).length).toBeGreaterThan(50);
  await body();
  expect(await snapshot(scenario().stage.hosts, options)).toEqual(before);
}

const deploy = (spec: unknown): Promise<End> => scenario().run('deployCluster', { cluster: CLUSTER, spec });
/** As it would reach the workflow without any client of ours. */
const raw = async (type: OperationType, input: unknown): Promise<End> =>
  scenario().endOf(await scenario().startRaw(type, input));
const second = (spec: Spec): Spec['hosts'][number] => spec.hosts[1] ?? { name: '', address: '', hostKey: '' };

const badSpecs: readonly [what: string, change: (spec: Spec) => void, key: string, text: string][] = [
  [
    'an unknown key',
    (spec) => (spec['listenrs'] = []),
    'listenrs',
    'unknown key "listenrs" (did you mean "listeners"?)',
  ],
  ['a host twice', (spec) => (second(spec).name = 'n1'), '- name', 'the name n1 is already that of host n1'],
  [
    'an address twice',
    (spec) => (second(spec).address = spec.hosts[0]?.address ?? ''),
    'address',
    'is already that of host n1',
  ],
  [
    'UDP with static discovery',
    (spec) => (spec.cluster.transport = { type: 'udp' }),
    'type: udp',
    'never with static discovery',
  ],
  [
    'a version without a checksum',
    (spec) => (spec.broker.version = '4.29.0'),
    'version: 4.29.0',
    'no SHA-256 for version 4.29.0',
  ],
  [
    'a version that a shell would run',
    (spec) => (spec.broker.version = '$(id)'),
    'version: $(id)',
    'a version has three numbers',
  ],
  [
    'a host name that a shell would run',
    (spec) => (second(spec).name = 'n2; touch x'),
    'n2; touch x',
    'a host name has at most',
  ],
  [
    'an address that a shell would run',
    (spec) => (second(spec).address = '`id`'),
    '`id`',
    'must be an IP address or a DNS name',
  ],
  ['a home that a shell would run', (spec) => (spec.broker['home'] = '/opt/$(id)'), 'home: /opt/$(id)', 'home'],
  [
    'a cluster name that a shell would run',
    (spec) => (spec.name = 'a;id'),
    'name: a;id',
    'a name starts with a small letter',
  ],
];

describe('a spec that is not valid', () => {
  test.each(badSpecs)(
    '%s: the file and line are told, and nothing is touched',
    { timeout: LONG },
    async (_, change, key, text) => {
      const spec = specWith(change);
      const yaml = stringify(spec);
      desk.write('cluster.yaml', yaml);
      const { address, namespace } = scenario().server;
      await untouched(async () => {
        const validated = await desk.run('validate', 'cluster.yaml');
        expect(validated.code).toBe(2);
        const line = /^cluster\.yaml:(\d+):\d+: /m.exec(validated.stderr)?.[1];
        expect(yaml.split('\n')[Number(line) - 1]).toContain(key);
        expect(validated.stderr).toContain(text);
        const deployed = await desk.run('deploy', 'cluster.yaml', '--address', address, '--namespace', namespace);
        expect(deployed).toMatchObject({ code: 2, stdout: '' });
        expect(deployed.stderr).toContain(text);
        expectFailure(await raw('deployCluster', { cluster: CLUSTER, spec }), 'InvalidInput', text);
      });
    },
  );
});

describe('a package that is not what it should be', () => {
  let good: Buffer;
  beforeAll(async () => {
    good = await readFile(path.join(scenario().folder, 'packages', 'hivemq-4.31.0.zip'));
  });

  /** Serves the bytes as the package of 4.31.0. @returns the change of a spec that asks for it */
  async function serve(name: string, bytes: Buffer): Promise<(spec: Spec) => void> {
    await writeFile(path.join(scenario().folder, 'packages', `${name}-4.31.0.zip`), bytes);
    return (spec) => {
      spec.broker.package.url = spec.broker.package.url.replace('/hivemq-', `/${name}-`);
      spec.broker.package.sha256 = { '4.31.0': createHash('sha256').update(bytes).digest('hex') };
    };
  }

  test('another checksum', { timeout: LONG }, async () => {
    const wrong = specWith((spec) => (spec.broker.package.sha256 = { '4.31.0': 'b'.repeat(64) }));
    await untouched(async () => expectFailure(await deploy(wrong), 'ChecksumMismatch', 'b'.repeat(64)));
  });

  test('a zip that was cut short', { timeout: LONG }, async () => {
    const change = await serve('short', good.subarray(0, Math.floor(good.length / 2)));
    await untouched(async () => expectFailure(await deploy(specWith(change)), 'UnsafeArchive', 'Nothing was unpacked'));
  });

  test('a zip that writes outside of its folder', { timeout: LONG }, async () => {
    const file = await makeZip(path.join(scenario().folder, 'escape.zip'), [
      ['hivemq-4.31.0/bin/run.sh', '#!/bin/sh\n', 0o755],
      ['aa/aa/outside.txt', 'outside'],
    ]);
    const bytes = Buffer.from((await readFile(file)).toString('latin1').replaceAll('aa/aa/', '../../'), 'latin1');
    const change = await serve('escape', bytes);
    await untouched(async () => expectFailure(await deploy(specWith(change)), 'UnsafeArchive', '../../outside.txt'));
  });

  test('no package at all', { timeout: LONG }, async () => {
    const change = (spec: Spec): void => {
      spec.broker.package.url = spec.broker.package.url.replace('/hivemq-', '/missing-');
      spec.broker.package.sha256 = { '4.31.0': 'c'.repeat(64) };
    };
    await untouched(async () => expectFailure(await deploy(specWith(change)), 'ContentMissing', 'HTTP 404'));
  });
});

describe('a host that cannot be used', () => {
  test('it is not reached', { timeout: LONG }, async () => {
    const n3 = scenario().stage.host('n3');
    await n3.cutOff('refuse');
    try {
      await untouched(async () =>
        expectFailure(await deploy(specWith()), 'CheckFailed', 'check host-reachable fails on n3'),
      );
    } finally {
      await n3.restore();
    }
  });

  test('it has another key', { timeout: LONG }, async () => {
    const wrong = specWith((spec) => (second(spec).hostKey = `SHA256:${'A'.repeat(43)}`));
    await untouched(async () => expectFailure(await deploy(wrong), 'CheckFailed', 'check host-key fails on n2'));
  });

  test.skipIf(mustSkip(separate))('sudo is not allowed', { timeout: LONG }, async () => {
    const n2 = scenario().stage.host('n2');
    const sudoers = await readFile(path.join(n2.root, 'etc', 'sudoers'), 'utf8');
    await n2.installSudoers('');
    await untouched(async () => expectFailure(await deploy(specWith()), 'CheckFailed', 'check privilege fails on n2'));
    await writeFile(path.join(n2.root, 'etc', 'sudoers'), sudoers);
  });

  test('its port is taken', { timeout: LONG }, async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(1883, scenario().stage.host('n1').address, resolve));
    try {
      const text = 'check ports-free fails on n1: port 1883 is in use';
      await untouched(async () => expectFailure(await deploy(specWith()), 'CheckFailed', text));
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  test('its port is taken after all was found well: the node that fails is told', { timeout: LONG }, async () => {
    const { session } = scenario();
    const input = { cluster: CLUSTER, spec: specWith(), approval: 'required' };
    const operation = await scenario().start('deployCluster', input);
    await until(async () => (await queryProgress(session, operation.workflowId)).phase === 'awaiting-approval');
    const { planHash } = await queryProgress(session, operation.workflowId);
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(1883, scenario().stage.host('n2').address, resolve));
    try {
      await approve(session, operation.workflowId, planHash ?? '');
      expectFailure(await scenario().endOf(operation), 'BrokerStartFailed', 'n2');
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  test('put right, the same cluster is deployed', { timeout: LONG }, async () => {
    expect((await deploy(specWith())).failure).toBeUndefined();
    const members = scenario().stage.nodes.slice(0, 3);
    const all = Object.fromEntries(members.map(({ name }) => [name, serving('4.31.0', 3)]));
    expect(await healthOf(members)).toEqual(all);
  });
});

describe('a request that a running cluster must refuse', () => {
  const running = { brokersRun: true };

  test('hosts that belong to another cluster', { timeout: LONG }, async () => {
    const spec = specWith((other) => (other.name = 'b'));
    await untouched(async () => {
      const end = await scenario().run('deployCluster', { cluster: 'b', spec });
      expectFailure(end, 'CheckFailed', 'check name-free fails on n1: the host belongs to node n1 of cluster a');
    }, running);
  });

  test('its name for other hosts', { timeout: LONG }, async () => {
    const spec = specWith((other) => {
      other.hosts = other.hosts.filter(({ name }) => !['n1', 'n2', 'n3'].includes(name));
      other.nodes = 1;
    });
    await untouched(
      async () =>
        expectFailure(await deploy(spec), 'PlanRefused', 'are members, and hosts of the spec has no such node'),
      running,
    );
  });

  test('its name for the same names at other addresses', { timeout: LONG }, async () => {
    const spec = specWith((other) => {
      other.hosts = other.hosts.map((host) => (host.name === 'n1' ? { ...host, address: '127.250.250.250' } : host));
    });
    await untouched(
      async () => expectFailure(await deploy(spec), 'PlanRefused', 'the name is in use by other hosts'),
      running,
    );
  });

  test('an older version', { timeout: LONG }, async () => {
    await untouched(async () => {
      const upgraded = await scenario().run('rollingUpgrade', { cluster: CLUSTER, version: '4.30.0' });
      expectFailure(upgraded, 'CheckFailed', 'check versions fails: n1: 4.30.0 is older than 4.31.0');
      const older = specWith((spec) => (spec.broker.version = '4.30.0'));
      expectFailure(await deploy(older), 'CheckFailed', '4.30.0 is older than 4.31.0');
    }, running);
  });

  test('a version that nobody named a checksum for', { timeout: LONG }, async () => {
    await untouched(async () => {
      const end = await scenario().run('rollingUpgrade', { cluster: CLUSTER, version: '4.99.0' });
      expectFailure(end, 'InvalidInput', 'no SHA-256 for version 4.99.0');
    }, running);
  });

  const bad: readonly [OperationType, Record<string, unknown>, Failure['kind'], string][] = [
    ['decommissionNode', { node: 'n1; touch x' }, 'InvalidInput', 'node'],
    ['decommissionNode', { node: '$(id)' }, 'InvalidInput', 'node'],
    ['rollingUpgrade', { version: '$(id)' }, 'InvalidInput', 'version'],
    ['recoverCluster', { gone: ['`id`'] }, 'InvalidInput', 'gone'],
    ['scaleCluster', { nodes: '4' }, 'InvalidInput', 'nodes'],
    ['scaleCluster', { nodes: 4, nodez: 4 }, 'InvalidInput', 'nodez'],
    ['scaleCluster', { nodes: 9 }, 'PlanRefused', '5 more hosts with the role node are needed'],
    ['scaleCluster', { nodes: 2 }, 'PlanRefused', 'name the node to remove with decommissionNode'],
    ['decommissionNode', { node: 'n9' }, 'UnknownNode', 'has no node n9; members: n1, '],
  ];
  test.each(bad)('%s with %o', { timeout: LONG }, async (type, input, kind, text) => {
    const before = await snapshot(scenario().stage.hosts, running);
    expectFailure(await raw(type, { cluster: CLUSTER, ...input }), kind, text);
    expect(await snapshot(scenario().stage.hosts, running)).toEqual(before);
  });

  test('an upgrade to a package with another checksum; a corrected one is possible', { timeout: LONG }, async () => {
    const wrong = specWith((spec) => (spec.broker.package.sha256['4.32.0'] = 'd'.repeat(64)));
    expect((await deploy(wrong)).report?.changes).toEqual([]);
    await untouched(async () => {
      const end = await scenario().run('rollingUpgrade', { cluster: CLUSTER, version: '4.32.0' });
      expectFailure(end, 'ChecksumMismatch', 'd'.repeat(64));
    }, running);
    await untouched(async () => expect((await deploy(specWith())).report?.changes).toEqual([]), running);
  });

  test('a second operation: it waits, or is refused when it must not', { timeout: LONG }, async () => {
    const { session } = scenario();
    await untouched(async () => {
      const first = await scenario().start('rollingUpgrade', {
        cluster: CLUSTER,
        version: '4.32.0',
        approval: 'required',
      });
      const phase = async (id: string): Promise<string> => (await queryProgress(session, id)).phase;
      await until(async () => (await phase(first.workflowId)) === 'awaiting-approval');
      const waiting = await scenario().start('scaleCluster', { cluster: CLUSTER, nodes: 3 });
      await until(async () => (await phase(waiting.workflowId)) === 'queued');
      const refused = await scenario().run('scaleCluster', { cluster: CLUSTER, nodes: 3, onBusy: 'fail' });
      expectFailure(refused, 'ClusterBusy', first.workflowId);
      const progress = await queryProgress(session, waiting.workflowId);
      expect(progress.waitingFor).toContain(first.workflowId);
      await reject(session, first.workflowId, 'not today');
      expectFailure(await scenario().endOf(first), 'Rejected', 'not today');
      expect((await scenario().endOf(waiting)).report).toMatchObject({ status: 'completed', changes: [] });
    }, running);
  });
});
