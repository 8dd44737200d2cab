import { describe, expect, it } from 'vitest';
import { asHivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import {
  encodeClusterSpec,
  formatIssue,
  parseClusterSpec,
  reviveClusterSpec,
  specWarnings,
} from '../../../src/domain/spec/index.js';
import { exampleSpec, minimalSpec } from './example.js';

function parsed(value: unknown) {
  const result = parseClusterSpec(value);
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return result.spec;
}

function refused(value: unknown): string[] {
  const result = parseClusterSpec(value);
  return result.ok ? [] : result.issues.map(formatIssue);
}

describe('a spec that is right', () => {
  it('reads the whole example', () => {
    const spec = parsed(exampleSpec());
    expect(spec.policy.drain.timeout).toBe(1_800_000);
    expect(spec.policy.upgrade.soak).toBe(30_000);
    expect(spec.hosts[0]?.hostKey).toHaveLength(1);
    expect(spec.hosts[1]?.hostKey).toHaveLength(2);
    expect(asHivemqSpec(spec).cluster.transport.bindPort).toBe(7800);
  });

  it("fills in the vendor's defaults, TCP and static discovery", () => {
    const spec = asHivemqSpec(parsed(minimalSpec()));
    expect(spec.cluster).toMatchObject({
      enabled: true,
      replicaCount: 2,
      transport: { type: 'tcp', bindPort: 8000, bindAddress: 'host' },
      discovery: { type: 'static' },
      failureDetection: {
        // Interval and timeout depend on the transport and are filled in where they are used.
        heartbeat: { enabled: true },
        tcpHealthCheck: { enabled: true, bindPort: 0, portRange: 50 },
      },
    });
    expect(spec.listeners).toEqual([{ type: 'tcp', port: 1883, bindAddress: '0.0.0.0', proxyProtocol: false }]);
    expect(spec.restApi).toMatchObject({ enabled: false, port: 8888, bindAddress: 'loopback' });
    expect(spec.healthApi).toMatchObject({ enabled: false, port: 8889, bindAddress: 'loopback' });
    expect(spec.broker).toMatchObject({ home: '/opt/hivemq', user: 'hivemq', supervisor: 'systemd', java: 'system' });
    expect(spec.policy.dataRetention).toBe(7 * 24 * 3_600_000);
  });

  it('survives JSON and can be written as a file again', () => {
    const spec = parsed(exampleSpec());
    expect(reviveClusterSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(encodeClusterSpec(spec)).toMatchObject({ policy: { drain: { timeout: '30m' }, dataRetention: '7d' } });
    expect(parsed(encodeClusterSpec(spec))).toEqual(spec);
  });

  it('is not taken from a record without being checked', () => {
    const spec = parsed(exampleSpec());
    expect(() => reviveClusterSpec({ ...spec, nodes: 'three' })).toThrow(/nodes: must be a number, not text/);
    expect(() => reviveClusterSpec(null)).toThrow(/a spec is a mapping/);
    expect(() => reviveClusterSpec({ ...spec, typo: 1 })).toThrow(/unknown key "typo"/);
  });
});

describe('a spec that is wrong', () => {
  const example = exampleSpec();
  const { broker, cluster, policy } = example;
  const withBroker = (change: object) => ({ ...example, broker: { ...broker, ...change } });
  const withHosts = (...changes: object[]) => ({
    ...example,
    hosts: example.hosts.map((host, index) => ({ ...host, ...changes[index] })),
  });

  it.each<[string, unknown, string[]]>([
    [
      'unknown key',
      { ...example, replicas: 3, hostz: [] },
      ['replicas: unknown key "replicas"', 'hostz: unknown key "hostz" (did you mean "hosts"?)'],
    ],
    [
      'unknown key deep inside',
      { ...example, policy: { ...policy, drain: { timout: '1m' } } },
      ['policy.drain.timout: unknown key "timout" (did you mean "timeout"?)'],
    ],
    ['reserved key', { ...example, autoscaling: {} }, ['autoscaling: autoscaling is not supported by this version']],
    ['list instead of a mapping', [], ['a spec is a mapping with name, broker, ssh, hosts and nodes']],
    ['no broker', { name: 'a' }, ['broker: is missing']],
    ['no product', { broker: {} }, ['broker.product: is missing']],
    [
      'unknown product',
      withBroker({ product: 'hivemk' }),
      ['broker.product: must be one of hivemq (did you mean "hivemq"?)'],
    ],
    [
      'later product',
      withBroker({ product: 'mosquitto' }),
      ['broker.product: the product mosquitto is not supported by this version'],
    ],
    [
      'version as a number',
      withBroker({ version: 4.3 }),
      ['broker.version: a version is text, and this is a number: quote it, such as "4.30.0"'],
    ],
    [
      'version of two numbers',
      withBroker({ version: '4.30' }),
      ['broker.version: a version has three numbers, such as 4.30.0'],
    ],
    [
      'version without a package',
      withBroker({ version: '4.31.0' }),
      [
        'broker.version: broker.package has no SHA-256 for version 4.31.0: add it under broker.package.sha256 (known: 4.30.0)',
      ],
    ],
    ['duplicate name', withHosts({}, { name: 'n1' }), ['hosts[1].name: the name n1 is already that of host n1']],
    [
      'duplicate address',
      withHosts({}, {}, { address: '10.0.0.11' }),
      ['hosts[2].address: the address 10.0.0.11 with SSH port 22 is already that of host n1'],
    ],
    [
      'duplicate cluster address',
      withHosts({}, {}, { clusterAddress: '10.0.0.11' }),
      ['hosts[2].clusterAddress: the cluster address 10.0.0.11 is already that of host n1'],
    ],
    [
      'more nodes than hosts',
      { ...example, nodes: 5 },
      ['nodes: 5 nodes are asked for, and 4 hosts have the role node'],
    ],
    [
      'UDP',
      { ...example, cluster: { ...cluster, transport: { type: 'udp' } } },
      [
        'cluster.transport.type: UDP cluster transport works with multicast discovery only, never with static discovery',
      ],
    ],
    [
      'maxUnavailable at the replica count',
      { ...example, policy: { ...policy, maxUnavailable: 2 } },
      ['policy.maxUnavailable: must be below cluster.replicaCount, which is 2'],
    ],
    [
      'heartbeat that times out at once',
      { ...example, cluster: { failureDetection: { heartbeat: { interval: 9000 } } } },
      ['cluster.failureDetection.heartbeat.timeout: must be longer than the interval of 9000 ms'],
    ],
    [
      'one bind address for all',
      { ...example, cluster: { transport: { bindAddress: '10.0.0.11' } } },
      ['cluster.transport.bindAddress: every node would bind this one address'],
    ],
    [
      'port used twice',
      { ...example, listeners: [{ type: 'tcp', port: 7800 }] },
      ['cluster.transport.bindPort: port 7800 is already that of the tcp listener'],
    ],
    [
      'listener name used twice',
      {
        ...example,
        listeners: [
          { type: 'tcp', port: 1, name: 'a' },
          { type: 'websocket', port: 2, name: 'a' },
        ],
      },
      ['listeners[1].name: another listener is named a'],
    ],
    ['listener without a port', { ...example, listeners: [{ type: 'tcp' }] }, ['listeners[0].port: is missing']],
    [
      'open REST API',
      { ...example, restApi: { enabled: true, bindAddress: '0.0.0.0' } },
      ['restApi.bindAddress: a REST API beyond the loopback needs restApi.auth'],
    ],
    [
      'open Control Center',
      { ...example, controlCenter: { enabled: true, bindAddress: 'host' } },
      ['controlCenter.bindAddress: a Control Center beyond the loopback'],
    ],
    [
      'duration without a unit',
      { ...example, policy: { drain: { timeout: 30 } } },
      ['policy.drain.timeout: a duration needs a unit: write 30s or 30ms'],
    ],
    [
      'zero timeout',
      { ...example, policy: { drain: { timeout: '0s' } } },
      ['policy.drain.timeout: must be longer than zero'],
    ],
    [
      'wrong choice',
      { ...example, policy: { drain: { order: 'before-stopp' } } },
      ['policy.drain.order: must be one of before-stop, after-stop, none (did you mean "before-stop"?)'],
    ],
    ['text for a number', { ...example, nodes: '3' }, ['nodes: must be a number, not text']],
    [
      'package without {version}',
      withBroker({ package: { url: 'https://a.example/x.zip', sha256: { '4.30.0': 'a'.repeat(64) } } }),
      ['broker.package.url: must have {version} where the version stands'],
    ],
    [
      'package without SHA-256',
      withBroker({ package: { url: 'https://a.example/{version}.zip' } }),
      ['broker.package.sha256: is missing'],
    ],
    [
      'unknown key in a package',
      withBroker({ package: { ...broker.package, sha: 1 } }),
      ['broker.package.sha: unknown key "sha"'],
    ],
    [
      'version key that is none',
      withBroker({ package: { ...broker.package, sha256: { latest: 'a'.repeat(64) } } }),
      ['broker.package.sha256.latest: a version has three numbers, such as 4.30.0'],
    ],
    [
      'password in a web address',
      withBroker({ package: { ...broker.package, url: 'https://u:p@a.example/{version}.zip' } }),
      ['broker.package.url: must be an http or https address without a user name or password in it'],
    ],
    [
      'credential in a header',
      withBroker({ package: { ...broker.package, headers: { Authorization: 'Bearer x' } } }),
      ['broker.package.headers.Authorization: this header looks like a credential'],
    ],
    [
      'secret written out',
      { ...example, restApi: { auth: { header: 'hunter2' } } },
      ['restApi.auth.header: a secret is a reference'],
    ],
    [
      'jump hosts',
      { ...example, ssh: { ...example.ssh, jump: ['a'] } },
      ['ssh.jump: ssh.jump is not supported by this version'],
    ],
    [
      'schedules',
      { ...example, schedules: { backup: '1d' } },
      ['schedules: schedules is not supported by this version'],
    ],
    [
      'notifications',
      { ...example, notifications: [{}] },
      ['notifications: notifications is not supported by this version'],
    ],
    ['backups', { ...example, backups: { keep: 7 } }, ['backups: backups is not supported by this version']],
    [
      'automatic recovery',
      { ...example, recovery: { autoRecover: 'always' } },
      ['recovery.autoRecover: starting a recovery without being asked is not supported by this version'],
    ],
  ])('%s', (_, value, expected) => {
    const found = refused(value);
    expected.forEach((text) => expect(found.join('\n')).toContain(text));
    if (expected.length === 1)
      expect(found.filter((line) => line.startsWith(expected[0]?.split(':')[0] ?? ''))).toHaveLength(1);
  });

  const hostile = [
    'a b',
    'a;b',
    '$(reboot)',
    '`reboot`',
    'a&b',
    'a|b',
    "a'b",
    'a"b',
    'a\nb',
    'a\0b',
    '../a',
    '-a',
    'a\u001b[2J',
    '',
    'a\\b',
    'a>b',
    '*',
    '~root',
  ];

  it.each(hostile)('refuses %j wherever a host would see it', (text) => {
    const places: [string, unknown][] = [
      ['name', { ...example, name: text }],
      ['hosts[0].name', withHosts({ name: text })],
      ['hosts[0].address', withHosts({ address: text })],
      ['hosts[0].home', withHosts({ home: `/${text}` })],
      ['ssh.user', { ...example, ssh: { ...example.ssh, user: text } }],
      ['broker.user', withBroker({ user: text })],
      ['broker.home', withBroker({ home: `/opt/${text}` })],
      ['broker.version', withBroker({ version: text })],
      ['broker.package.url', withBroker({ package: { ...broker.package, url: `https://${text}/{version}` } })],
      ['loadBalancer.hook', { ...example, loadBalancer: { product: 'command', hook: text } }],
      ['fencing.hook', { ...example, fencing: { hook: text } }],
      ['restApi.bindAddress', { ...example, restApi: { bindAddress: text } }],
    ];
    for (const [path, value] of places) {
      // Harmless as the tail of a path: a dash inside a folder name, for example.
      if (path.endsWith('home') && text === '-a') continue;
      if (path.endsWith('url') && text === '-a') continue;
      if (path.endsWith('url') && text === '../a') continue;
      expect(refused(value).join('\n'), path).toContain(`${path}: `);
    }
  });

  it.each(['-Xmx1g; reboot', '-X$(reboot)', '-X`a`', '-Xa\n-Xb', 'Xmx1g', '-Xa  -Xb', '-X*', '-X"a"'])(
    'refuses the Java options %j',
    (javaOptions) => {
      expect(refused(withBroker({ javaOptions })).join()).toContain('broker.javaOptions: ');
    },
  );

  it('never repeats what was written where a secret belongs', () => {
    expect(refused({ ...example, restApi: { auth: { header: 'hunter2' } } }).join()).not.toContain('hunter2');
  });

  it('refuses control characters everywhere, in keys too', () => {
    expect(refused({ ...example, apiVersion: 'hivekeeper/v1\n' })).toEqual([
      'apiVersion: must not contain control characters or line ends',
    ]);
    expect(refused({ ...example, ['a\u0007']: 1 })).toEqual(['a key must not contain control characters or line ends']);
    expect(refused({ ...example, recovery: { tool: { text: 'two\nlines' } } })).toEqual([]);
  });
});

describe('warnings', () => {
  const texts = (value: unknown) =>
    specWarnings(parsed(value)).map(({ path, message }) => formatIssue({ path, message }));

  it('has none for the example', () => {
    expect(texts(exampleSpec())).toEqual([]);
  });

  it('names what is allowed and probably not wanted', () => {
    const example = exampleSpec();
    const found = texts({
      ...example,
      nodes: 1,
      broker: { ...example.broker, supervisor: 'process' },
      restApi: {},
      healthApi: {},
    });
    expect(found).toEqual([
      expect.stringContaining('broker.supervisor: '),
      expect.stringContaining('cluster.replicaCount: is above the 1 nodes'),
      expect.stringContaining('healthApi.enabled: without the health API'),
      expect.stringContaining('restApi.enabled: without the REST API'),
    ]);
    const spare = texts({
      ...example,
      nodes: 4,
      policy: { upgrade: { surge: 'required' } },
      healthApi: { enabled: true, bindAddress: '0.0.0.0' },
    });
    expect(spare).toEqual([
      expect.stringContaining('policy.upgrade.surge: an upgrade needs a spare host'),
      expect.stringContaining('healthApi.bindAddress: anybody'),
    ]);
  });
});
