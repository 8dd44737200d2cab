import { describe, expect, it } from 'vitest';
import { formatIssue, formatPath, parseClusterSpec, specWarnings } from '../../../../src/domain/spec/index.js';
import { balanced, balancedDocument, hosts, tcp, termination } from '../../../render/haproxy/specs.js';

function issues(loadBalancer: object, more: object = {}): string[] {
  const result = parseClusterSpec(balancedDocument(loadBalancer, more));
  return result.ok ? [] : result.issues.map(formatIssue);
}

const plain = [{ type: 'tcp', port: 1883 }];
const secure = { type: 'tls-tcp', port: 8883, tls: { keystore: { path: '/etc/key.p12', password: { env: 'KEY' } } } };
const vip = { address: '10.0.0.100/24', interface: 'eth0' };

describe('HAProxy in a spec', () => {
  it('is taken as it is here', () => {
    expect(issues({})).toEqual([]);
    expect(issues({ vip })).toEqual([]);
    expect(issues({ frontends: [{ ...tcp, tls: termination }], stats: { port: 8404 } })).toEqual([]);
  });

  const rows: [string, object, object, RegExp][] = [
    [
      'without a host',
      {},
      { hosts: [hosts.n1, hosts.n2, hosts.n3] },
      /^loadBalancer\.product: no host carries HAProxy/,
    ],
    ['without a frontend', { frontends: [] }, {}, /^loadBalancer\.frontends: /],
    [
      'with a frontend of no listener',
      { frontends: [{ listener: 'tls-tcp', port: 8883 }] },
      {},
      /^loadBalancer\.frontends\[0\]\.listener: no listener has the name or the type tls-tcp; there are: tcp \(port 1883\)$/,
    ],
    [
      'with a type that several listeners have',
      {},
      { listeners: [...plain, { type: 'tcp', port: 1884 }] },
      /^loadBalancer\.frontends\[0\]\.listener: several listeners have the type tcp/,
    ],
    [
      'with a listener that no balancer reaches',
      {},
      { listeners: [{ ...plain[0], bindAddress: 'loopback' }] },
      /^loadBalancer\.frontends\[0\]\.listener: .*loopback/,
    ],
    [
      'with one port twice',
      { frontends: [tcp, tcp] },
      {},
      /^loadBalancer\.frontends\[1\]\.port: another frontend has port 1883/,
    ],
    ['with statistics at a port of clients', { stats: { port: 1883 } }, {}, /^loadBalancer\.stats\.port: /],
    [
      'with TLS that the listener does itself',
      { frontends: [{ listener: 'tls-tcp', port: 8883, tls: termination }] },
      { listeners: [...plain, secure] },
      /^loadBalancer\.frontends\[0\]\.tls: /,
    ],
    [
      'with a PROXY header that the listener does not expect',
      { frontends: [{ ...tcp, proxyProtocol: true }] },
      {},
      /^loadBalancer\.frontends\[0\]\.proxyProtocol: .*expects none/,
    ],
    [
      'without the PROXY header that it expects',
      { frontends: [{ ...tcp, proxyProtocol: false }] },
      { listeners: [{ ...plain[0], proxyProtocol: true }] },
      /^loadBalancer\.frontends\[0\]\.proxyProtocol: .*takes no connection without it/,
    ],
    [
      'on a node at the port of its listener',
      {},
      { hosts: [{ ...hosts.n1, roles: ['node', 'load-balancer'] }, hosts.n2, hosts.n3] },
      /^loadBalancer\.frontends\[0\]\.port: port 1883 is already that of the tcp listener on n1/,
    ],
    [
      'in the folder of the broker',
      { home: '/opt/hivemq', frontends: [{ ...tcp, port: 11883 }] },
      { hosts: [{ ...hosts.n1, roles: ['node', 'load-balancer'] }, hosts.n2, hosts.n3] },
      /^loadBalancer\.home: is the folder of the broker on n1/,
    ],
    ['in a folder too long for sockets', { home: `/opt/${'x'.repeat(80)}` }, {}, /^loadBalancer\.home: has at most 80/],
    [
      'in such a folder of one host',
      {},
      { hosts: [hosts.n1, hosts.n2, hosts.n3, { ...hosts.lb1, home: `/opt/${'x'.repeat(80)}` }] },
      /^hosts\[3\]\.home: .*at most 80/,
    ],
    ['with a vip that nobody moves', { vip, supervisor: 'process' }, {}, /^loadBalancer\.vip: /],
    [
      'with a vip that no frontend takes',
      { vip, frontends: [{ ...tcp, bindAddress: 'host' }] },
      {},
      /^loadBalancer\.frontends\[0\]\.bindAddress: has to be 0\.0\.0\.0 or ::/,
    ],
    ['with an IPv6 vip at IPv4 ports', { vip: { ...vip, address: 'fd00::9/64' } }, {}, /\.bindAddress: has to be ::/],
    [
      'with a password that VRRP has not',
      {
        vip: { ...vip, address: 'fd00::9/64', authentication: { env: 'V' } },
        frontends: [{ ...tcp, bindAddress: '::' }],
      },
      {},
      /^loadBalancer\.vip\.authentication: /,
    ],
    ['with a keep-alive that MQTT has not', { keepAlive: '1d' }, {}, /^loadBalancer\.keepAlive: /],
    [
      'with a key in the spec itself',
      { frontends: [{ ...tcp, tls: { ...termination, privateKey: { text: 'KEY' } } }] },
      {},
      /^loadBalancer\.frontends\[0\]\.tls\.privateKey: key material/,
    ],
    ['with the hook of another product', { hook: 'gate' }, {}, /^loadBalancer\.hook: /],
  ];
  it.each(rows)('is refused %s', (_, loadBalancer, more, expected) => {
    const found = issues(loadBalancer, more);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it.each(['a b', 'a\nserver x', '#', '"', '{', 'a;b', '$x', ''])('lets no %j into a line', (text) => {
    const places: [string, object][] = [
      ['loadBalancer.frontends[0].listener', { frontends: [{ ...tcp, listener: `tcp ${text}\n` }] }],
      ['loadBalancer.frontends[0].bindAddress', { frontends: [{ ...tcp, bindAddress: text }] }],
      ['loadBalancer.home', { home: `/opt/${text}` }],
      ['loadBalancer.vip.address', { vip: { ...vip, address: `10.0.0.1/24${text === '' ? ' ' : text}` } }],
      ['loadBalancer.vip.interface', { vip: { ...vip, interface: text } }],
      ['loadBalancer.resolvers.nameservers[0].address', { resolvers: { nameservers: [{ address: text }] } }],
    ];
    for (const [path, keys] of places) expect(issues(keys).join('\n'), path).toContain(path);
  });
});

describe('warnings of HAProxy', () => {
  const warned = (loadBalancer: object, more: object = {}): string[] =>
    specWarnings(balanced(loadBalancer, more)).map(({ path }) => formatPath(path));
  const proxied = { listeners: [{ ...plain[0], proxyProtocol: true }] };

  it('are none for two hosts and nodes that see their clients', () => {
    expect(warned({}, proxied).filter((path) => path.startsWith('loadBalancer'))).toEqual([]);
  });

  it('name what is probably not wanted', () => {
    expect(warned({})).toContain('loadBalancer.frontends[0]');
    expect(warned({ supervisor: 'process' })).toContain('loadBalancer.supervisor');
    expect(warned({ keepAlive: '60s' })).toContain('loadBalancer.keepAlive');
    const limited = { mqtt: { keepAlive: { maxKeepAlive: 60 } } };
    expect(warned({ keepAlive: '60s' }, limited)).not.toContain('loadBalancer.keepAlive');
    expect(warned({}, { hosts: [hosts.n1, hosts.n2, hosts.n3, hosts.lb1] })).toContain('loadBalancer.product');
  });
});
