import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteHost } from '../../../src/adapters/ports/index.js';
import { probeDatagrams, probeTcp, type ProbeHost, readNetworks } from '../../../src/adapters/probe/index.js';
import { mustSkip } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { createNetwork, type Network, type NetworkHost, networkRequirement } from '../../support/network.js';

const multicast = { type: 'multicast', group: '228.8.8.8', port: 45588 } as const;
const broadcast = { type: 'broadcast', group: '255.255.255.255', port: 8555 } as const;
const never = new AbortController().signal;

/** n1 and n2 share a cable and a subnet; n3 hangs on another cable of n1, in another one. */
describe.skipIf(mustSkip(networkRequirement()))('probes between hosts with networks of their own', () => {
  let network: Network;
  let hosts: [NetworkHost, NetworkHost, NetworkHost];
  let probed: [ProbeHost, ProbeHost, ProbeHost];

  beforeAll(async () => {
    network = await createNetwork();
    const [n1, n2, n3] = (hosts = [await network.add('n1'), await network.add('n2'), await network.add('n3')]);
    await network.cable([
      { host: n1, device: 'e0', address: '10.99.0.1/24' },
      { host: n2, device: 'e0', address: '10.99.0.2/24' },
    ]);
    await network.cable([
      { host: n1, device: 'e1', address: '10.99.1.1/24' },
      { host: n3, device: 'e0', address: '10.99.1.3/24' },
    ]);
    probed = [
      { name: 'n1', host: n1.host, address: '10.99.0.1' },
      { name: 'n2', host: n2.host, address: '10.99.0.2' },
      { name: 'n3', host: n3.host, address: '10.99.1.3' },
    ];
  });
  afterAll(() => network.stop());

  it.each([
    { kind: multicast, interpreter: 'python3' },
    { kind: multicast, interpreter: 'perl' },
    { kind: broadcast, interpreter: 'python3' },
    { kind: broadcast, interpreter: 'perl' },
  ])('$kind.type arrives on the same cable and nowhere else, by $interpreter', async ({ kind, interpreter }) => {
    const results = await probeDatagrams(by(interpreter, probed), kind, never);
    const arrived = Object.fromEntries(results.map(({ from, to, arrived }) => [`${from} ${to}`, arrived]));
    expect(arrived).toEqual({
      ...{ 'n1 n2': true, 'n2 n1': true },
      ...{ 'n1 n3': false, 'n2 n3': false, 'n3 n2': false },
      // n1 hears broadcast on all its cables, and multicast where it joined.
      'n3 n1': kind.type === 'broadcast',
    });
    expect(results.find(({ from, to }) => from === 'n2' && to === 'n3')?.reason).toMatch(
      new RegExp(`^${kind.type} to .*, sent by n2, does not arrive at n3\\. Let firewalls pass UDP port ${kind.port},`),
    );
  });

  it('shows who is in which subnet', async () => {
    expect(await readNetworks(probed, never)).toMatchObject([
      { name: 'n1', network: '10.99.0.0/24', interface: 'e0', broadcast: '10.99.0.255', multicast: true, reason: null },
      { name: 'n2', network: '10.99.0.0/24', interface: 'e0' },
      { name: 'n3', network: '10.99.1.0/24', interface: 'e0' },
    ]);
    const translated = await readNetworks([{ ...probed[0], address: '203.0.113.7' }], never);
    expect(translated[0]).toMatchObject({ network: null });
    expect(translated[0]?.reason).toMatch(/^n1 has no interface for 203/);
  });

  it.each(['python3', 'perl'] as const)(
    'tells an open TCP port from one that no way leads to, by %s',
    async (interpreter) => {
      const results = await probeTcp(
        by(interpreter, probed).map((host) => ({ ...host, port: 7800 })),
        never,
      );
      expect(Object.fromEntries(results.map(({ from, to, outcome }) => [`${from} ${to}`, outcome]))).toEqual({
        ...{ 'n1 n2': 'open', 'n2 n1': 'open', 'n1 n3': 'open' },
        // n3 knows no way to 10.99.0.0/24, nor n2 one to 10.99.1.0/24.
        ...{ 'n3 n1': 'no-route', 'n3 n2': 'no-route', 'n2 n3': 'no-route' },
      });
      expect(results.find(({ from, to }) => from === 'n2' && to === 'n3')?.reason).toMatch(
        /^n2 has no way to n3 at 10\.99\.1\.3:7800 \(ENETUNREACH\)/,
      );
    },
  );

  it.each(['python3', 'perl'] as const)(
    'tells a port that is rejected, and one whose packets vanish, by %s',
    async (interpreter) => {
      const [n1, n2] = by(interpreter, probed);
      // The packets are addressed to a card that nobody has.
      await hosts[0].run('ip', 'neigh', 'replace', '10.99.0.2', 'lladdr', '02:00:00:00:00:99', 'dev', 'e0');
      try {
        const results = await probeTcp(
          [
            { ...n1, port: 7800 },
            { ...n2, port: 7800 },
          ],
          never,
        );
        expect(results[0]).toMatchObject({ from: 'n1', outcome: 'filtered' });
        expect(results[0]?.reason).toMatch(
          /n1 gets no answer from n2 at 10\.99\.0\.2:7800 .* Let it pass TCP port 7800/,
        );
      } finally {
        await hosts[0].run('ip', 'neigh', 'del', '10.99.0.2', 'dev', 'e0');
      }
      // n2 claims an address that in truth is that of n3, where nobody listens.
      const claimed = await probeTcp(
        [
          { ...n1, port: 7801 },
          { ...n2, address: '10.99.1.3', port: 7801 },
        ],
        never,
      );
      expect(claimed[0]).toMatchObject({ from: 'n1', to: 'n2', outcome: 'refused' });
    },
  );

  it('connects to a broker that holds the port already', async () => {
    const [n1, n2] = probed;
    // Takes one connection, and ends.
    const program = `import socket; s = socket.create_server(('10.99.0.2', 7802)); s.settimeout(20)
print('up', flush=True); s.accept()[0].close()`;
    const broker = await n2.host.stream({ argv: ['python3', '-c', program] });
    await once(broker, 'data');
    const results = await probeTcp(
      [
        { ...n1, port: 7802 },
        { ...n2, port: 7802 },
      ],
      never,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['open', 'open']);
  });

  it('tells a host that cannot even send, and one whose port another program keeps for itself', async () => {
    const lonely = await network.add('n4');
    // Ends with the first packet that it gets.
    const program = `import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 8556))
s.settimeout(20); print('up', flush=True); s.recv(99)`;
    const [n1, n2] = probed;
    const keeper = await n2.host.stream({ argv: ['python3', '-c', program] });
    await once(keeper, 'data');
    const n4 = { name: 'n4', host: lonely.host, address: '10.99.2.4' };
    const results = await probeDatagrams([n1, n2, n4], { ...broadcast, port: 8556 }, never);
    expect(results.map(({ from, to, arrived }) => [from, to, arrived])).toEqual([
      ...[
        ['n1', 'n2', null],
        ['n1', 'n4', false],
      ],
      ...[
        ['n2', 'n1', true],
        ['n2', 'n4', false],
      ],
      ...[
        ['n4', 'n1', false],
        ['n4', 'n2', false],
      ],
    ]);
    expect(results[0]?.reason).toMatch(/^Not proven: n2 cannot listen .*: bind: Address already in use\.$/);
    expect(results[4]?.reason).toMatch(
      /^n4 cannot send broadcast .*: Network is unreachable\. Give it a route for that/,
    );
  });

  it('proves nothing on a host that lacks the means, or cannot be asked, and says so', async () => {
    const [n1, n2, n3] = probed;
    const bare: RemoteHost = without(n2.host, () => Promise.resolve({ code: 0, stdout: '', stderr: '' }));
    const gone: RemoteHost = without(n3.host, () => Promise.reject(new Error('n3 is away')));
    const some = [n1, { ...n2, host: bare }, { ...n3, host: gone }];
    const results = await probeDatagrams(some, multicast, never);
    for (const result of results) expect(result.arrived).toBeNull();
    expect(results[0]?.reason).toMatch(/^Not proven: n2 cannot listen .* neither python3 nor perl/);
    expect(results[1]?.reason).toMatch(/n3 is away/);
    expect(results.find(({ from }) => from === 'n2')?.reason).toMatch(
      /^Not proven: n2 cannot send .* neither python3 nor perl/,
    );
    const tcp = await probeTcp(
      some.slice(0, 2).map((host) => ({ ...host, port: 7803 })),
      never,
    );
    expect(tcp).toMatchObject([
      // Nobody can listen on n2; but its SSH server can connect to n1.
      { from: 'n1', to: 'n2', outcome: 'unknown' },
      { from: 'n2', to: 'n1', outcome: 'open' },
    ]);
  });

  it('leaves nobody listening', async () => {
    // Ports 45588 and 8555 of UDP; 7800 to 7803 of TCP, listening.
    const open = /:(B214|216B) \S+ 07|:1E7[89AB] \S+ 0A/;
    for (const host of hosts) {
      await until(async () => !open.test(await host.run('cat', '/proc/net/udp', '/proc/net/tcp')));
    }
  });
});

/** Hosts that have this interpreter and no other. Only the question for it is answered here; listeners are ended there. */
function by<T extends readonly ProbeHost[]>(interpreter: string, hosts: readonly [...T]): T {
  const found = { code: 0, stdout: interpreter, stderr: '' };
  const only = (host: RemoteHost): RemoteHost =>
    without(host, (program, ...more) =>
      program.includes('echo perl') ? Promise.resolve(found) : host.script(program, ...more),
    );
  return hosts.map((probed) => ({ ...probed, host: only(probed.host) })) as readonly ProbeHost[] as T;
}

function without(host: RemoteHost, instead: RemoteHost['script']): RemoteHost {
  return new Proxy(host, { get: (target, name) => (name === 'script' ? instead : own(target, name)) });
}

function own(host: RemoteHost, name: string | symbol): unknown {
  const value: unknown = Reflect.get(host, name);
  return typeof value === 'function' ? (value.bind(host) as unknown) : value;
}
