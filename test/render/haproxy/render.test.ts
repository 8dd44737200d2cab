import { describe, expect, it } from 'vitest';
import { contentFiles, type ClusterSpec } from '../../../src/domain/spec/index.js';
import { type RenderedBalancer, renderBalancer } from '../../../src/render/haproxy/index.js';
import { balanced, hosts, tcp, termination } from './specs.js';

const members = ['n3', 'n1', 'n2', 'n1'];
const configOf = ({ files }: RenderedBalancer): string =>
  files.find(({ path }) => path === 'haproxy.cfg')?.content ?? '';
const linesOf = (spec: ClusterSpec, host = 'lb1'): string[] =>
  configOf(renderBalancer(spec, members, host)).split('\n');
const lineWith = (spec: ClusterSpec, start: string): string =>
  linesOf(spec)
    .find((line) => line.trim().startsWith(start))
    ?.trim() ?? '';

/** The example with a health API that other hosts may ask. */
const open = { healthApi: { enabled: true, port: 8889, bindAddress: 'host' } };

describe('haproxy.cfg', () => {
  it('is this for one listener whose nodes tell others nothing', async () => {
    await expect(configOf(renderBalancer(balanced(), members, 'lb1'))).toMatchFileSnapshot('golden/plain.cfg');
  });

  it('is this for all that there is', async () => {
    const listeners = [
      { type: 'tcp', port: 1883, proxyProtocol: true },
      {
        type: 'tls-tcp',
        port: 8883,
        name: 'secure',
        tls: { keystore: { path: '/etc/key.p12', password: { env: 'KEY' } } },
      },
      { type: 'websocket', port: 8000, bindAddress: 'host' },
    ];
    const frontends = [
      { ...tcp, maxConnections: 500 },
      { listener: 'secure', port: 8883, bindAddress: '::' },
      { listener: 'websocket', port: 443, bindAddress: 'host', tls: termination },
    ];
    const keys = { frontends, maxConnections: 2000, keepAlive: '60s', stats: { port: 8404 }, onNodeDown: 'keep' };
    const nameservers = [{ address: '10.0.0.2' }, { address: 'fd00::53', port: 5353 }];
    const spec = balanced(
      { ...keys, resolvers: { nameservers } },
      { ...open, listeners, hosts: [...Object.values(hosts), { ...hosts.n3, name: 'n4', address: 'n4.example.org' }] },
    );
    const rendered = renderBalancer(spec, ['n1', 'n4'], 'lb1');
    await expect(configOf(rendered)).toMatchFileSnapshot('golden/everything.cfg');
    expect(rendered.contents).toEqual([
      { path: 'certificates/443.pem', mode: 0o600, content: termination.certificate },
      { path: 'certificates/443.pem.key', mode: 0o600, content: termination.privateKey },
    ]);
    // A name can be resolved by a section of the file alone, so such a server cannot be added while HAProxy runs.
    expect(rendered.servers.map(({ member, backend, dynamic }) => [member, backend, dynamic === null])).toEqual(
      ['nodes_1883', 'nodes_8883', 'nodes_443'].flatMap((backend) => [
        ['n1', backend, false],
        ['n4', backend, true],
      ]),
    );
  });

  it('does not depend on the order of the members', () => {
    const spec = balanced();
    expect(renderBalancer(spec, ['n1', 'n2', 'n3'], 'lb1')).toEqual({
      ...renderBalancer(spec, members, 'lb1'),
      check: expect.any(Function) as unknown,
    });
  });

  it('closes what is silent for longer than MQTT allows, and nothing before', () => {
    for (const [keepAlive, expected] of [
      ['60s', '150s'],
      ['1s', '62s'],
      ['65535s', '98363s'],
    ]) {
      const spec = balanced({ keepAlive });
      for (const side of ['client', 'server', 'tunnel'])
        expect(lineWith(spec, `timeout ${side} `)).toBe(`timeout ${side} ${expected}`);
    }
  });

  it('asks for readiness where this host can, else whether the listener takes connections', () => {
    expect(lineWith(balanced(), 'server n1')).toBe(
      'server n1 10.0.0.11:1883 check inter 2s fall 3 rise 2 on-marked-down shutdown-sessions',
    );
    expect(linesOf(balanced()).some((line) => line.includes('httpchk'))).toBe(false);
    expect(lineWith(balanced({}, open), 'server n1')).toBe(
      'server n1 10.0.0.11:1883 check port 8889 inter 2s fall 3 rise 2 on-marked-down shutdown-sessions',
    );
    expect(linesOf(balanced({}, open))).toContain('  http-check send meth GET uri /api/v1/health/readiness');
  });

  it('tells the nodes the address of the client where their listener expects it', () => {
    const listeners = [{ type: 'tcp', port: 1883, proxyProtocol: true }];
    expect(lineWith(balanced({}, { listeners }), 'server n1')).toMatch(/ send-proxy-v2$/);
    expect(lineWith(balanced(), 'server n1')).not.toContain('proxy');
  });

  it('leaves the clients of a node that is down alone where that is asked for', () => {
    expect(lineWith(balanced({ onNodeDown: 'keep' }), 'server n1')).not.toContain('on-marked-down');
  });

  it('writes IPv6 as HAProxy reads it', () => {
    const spec = balanced({}, { hosts: [{ ...hosts.n1, address: '2001:db8::1' }, hosts.n2, hosts.n3, hosts.lb1] });
    expect(lineWith(spec, 'server n1')).toContain('server n1 [2001:db8::1]:1883 ');
    expect(lineWith(balanced({ frontends: [{ ...tcp, bindAddress: '::' }] }), 'bind')).toBe('bind [::]:1883 v4v6');
  });
});

describe('a host of the balancer', () => {
  it('says where everything lies', () => {
    const lb2 = { ...hosts.lb2, home: '/srv/lb' };
    const spec = balanced({ supervisor: 'process' }, { hosts: [hosts.n1, hosts.n2, hosts.n3, hosts.lb1, lb2] });
    expect(renderBalancer(spec, members, 'lb1')).toMatchObject({
      home: '/opt/hivekeeper-balancer',
      sockets: { admin: '/opt/hivekeeper-balancer/admin.sock', master: '/opt/hivekeeper-balancer/master.sock' },
      units: [],
      frontends: [{ frontend: 'in_1883', backend: 'nodes_1883', listener: 'tcp', address: '0.0.0.0', port: 1883 }],
    });
    expect(renderBalancer(spec, members, 'lb2').config).toBe('/srv/lb/haproxy.cfg');
  });

  it('has a unit that reloads without root and may have small ports', async () => {
    const [unit, ...more] = renderBalancer(balanced(), members, 'lb1').units;
    expect(more).toEqual([]);
    expect(unit?.name).toBe('hivekeeper-prod-balancer.service');
    await expect(unit?.content).toMatchFileSnapshot('golden/balancer.service');
  });

  it('is refused for names that the spec does not have, and without HAProxy', () => {
    expect(() => renderBalancer(balanced(), ['n9'], 'lb1')).toThrow(/n9/);
    expect(() => renderBalancer(balanced(), members, 'lb9')).toThrow(/lb9/);
    const command = balanced({}, { loadBalancer: { product: 'command', hook: 'gate' } });
    expect(() => renderBalancer(command, members, 'lb1')).toThrow(/no HAProxy/);
  });
});

describe('an address that moves', () => {
  const vip = { address: '10.0.0.100/24', interface: 'eth0' };
  const file = (spec: ClusterSpec, host: string): string =>
    renderBalancer(spec, members, host).files.find(({ path }) => path === 'keepalived.conf')?.content ?? '';

  it('is kept by keepalived', async () => {
    const rendered = renderBalancer(balanced({ vip }), members, 'lb1');
    await expect(file(balanced({ vip }), 'lb1')).toMatchFileSnapshot('golden/keepalived.conf');
    expect(rendered.units.map(({ name }) => name)).toEqual([
      'hivekeeper-prod-balancer.service',
      'hivekeeper-prod-vip.service',
    ]);
    await expect(rendered.units[1]?.content).toMatchFileSnapshot('golden/vip.service');
    expect(file(balanced({ vip }), 'lb2')).toContain('priority 190');
  });

  it('goes by multicast where a host has only a name', () => {
    const named = [hosts.n1, hosts.n2, hosts.n3, hosts.lb1, { ...hosts.lb2, address: 'lb2.example.org' }];
    expect(file(balanced({ vip }, { hosts: named }), 'lb1')).not.toContain('unicast');
  });

  it('has its password in no text', () => {
    const rendered = renderBalancer(balanced({ vip: { ...vip, authentication: { env: 'VRRP' } } }), members, 'lb1');
    expect(rendered.files.map(({ path }) => path)).not.toContain('keepalived.conf');
    expect(rendered.secretFiles).toMatchObject([
      { path: 'keepalived.conf', values: { VRRP_PASSWORD: { env: 'VRRP' } } },
    ]);
    expect(rendered.secretFiles[0]?.template).toContain('auth_pass "@{VRRP_PASSWORD}"');
  });
});

describe('files of a spec with HAProxy', () => {
  it('are brought to the content store', () => {
    const tls = { certificate: { file: 'lb.pem' }, privateKey: { file: 'lb.key' } };
    expect(contentFiles(balanced({ frontends: [{ ...tcp, tls }] }))).toEqual([
      { path: ['loadBalancer', 'frontends', 0, 'tls', 'certificate'], file: 'lb.pem' },
      { path: ['loadBalancer', 'frontends', 0, 'tls', 'privateKey'], file: 'lb.key' },
    ]);
  });
});
