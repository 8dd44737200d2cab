import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { recordWorkflowId } from '../../../../src/domain/record/index.js';
import { parseClusterSpec } from '../../../../src/domain/spec/index.js';
import { recordState } from '../../support/states.js';
import { type Ran, withStubWorld } from '../../support/stub-world.js';
import { clusterYaml } from '../spec/cluster.js';

const world = withStubWorld();

const tls = { keystore: { path: '/etc/hivemq/key.p12', password: { env: 'KEY' } } };
const listeners = [
  { type: 'tcp', port: 1883 },
  { type: 'tls-tcp', port: 8883, tls },
  { type: 'websocket', port: 8000, name: 'web' },
  { type: 'tls-websocket', port: 8443, path: '/ws', tls },
  { type: 'tcp', port: 1884, bindAddress: 'loopback' },
];
const prometheus = { id: 'hivemq-prometheus-extension', content: { stored: 'ab'.repeat(32) } };

async function endpoints(more: object, ...args: string[]): Promise<Ran> {
  const document = z.looseObject({}).parse(parse(clusterYaml));
  const result = parseClusterSpec({ ...document, listeners, ...more });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  await world().terminate(recordWorkflowId('prod'));
  await world().record({ ...recordState('prod'), spec: { ...result.spec } });
  return world().run('endpoints', 'prod', ...args);
}

describe('endpoints', () => {
  it('are every listener of every member, as clients take them', async () => {
    const ran = await endpoints({});
    expect(ran.code).toBe(0);
    expect(ran.stdout.split('\n')).toEqual([
      'HOST  ADDRESS                   LISTENER  NOTE',
      'n1    mqtt://10.0.0.11:1883',
      'n1    mqtts://10.0.0.11:8883',
      'n1    ws://10.0.0.11:8000/mqtt  web',
      'n1    wss://10.0.0.11:8443/ws',
      'n1    mqtt://127.0.0.1:1884               only from the host itself',
      'n2    mqtt://10.0.0.12:1883',
      'n2    mqtts://10.0.0.12:8883',
      'n2    ws://10.0.0.12:8000/mqtt  web',
      'n2    wss://10.0.0.12:8443/ws',
      'n2    mqtt://127.0.0.1:1884               only from the host itself',
      '',
    ]);
  });

  it('name the load balancer before them', async () => {
    const hosts = [
      { name: 'n1', address: '10.0.0.11', hostKey: `SHA256:${'A'.repeat(43)}` },
      { name: 'n2', address: '2001:db8::2', hostKey: `SHA256:${'B'.repeat(43)}` },
      { name: 'lb1', address: '10.0.0.5', hostKey: `SHA256:${'C'.repeat(43)}`, roles: ['load-balancer'] },
    ];
    const more = {
      hosts,
      loadBalancer: { product: 'command', hook: 'gate' },
      listeners: [{ type: 'tcp', port: 1883 }],
    };
    const ran = await endpoints(more);
    expect(ran.stdout).toContain('lb1   10.0.0.5                   load balancer, steered by the hook gate');
    expect(ran.stdout).toContain('n2    mqtt://[2001:db8::2]:1883');
    const json: unknown = JSON.parse((await endpoints(more, '--json')).stdout);
    expect(json).toMatchObject({
      cluster: 'prod',
      endpoints: [
        { host: 'n1', address: '10.0.0.11', port: 1883, protocol: 'mqtt', tls: false },
        { host: 'n2', address: '2001:db8::2' },
      ],
      loadBalancers: [{ host: 'lb1', address: '10.0.0.5', hook: 'gate' }],
    });
  });

  describe('behind HAProxy', () => {
    const host = (name: string, address: string, letter: string, more: object = {}) => ({
      ...{ name, address, hostKey: `SHA256:${letter.repeat(43)}` },
      ...more,
    });
    const roles = ['load-balancer'];
    const behind = (more: object = {}) => ({
      hosts: [
        host('n1', '10.0.0.11', 'A'),
        host('n2', '10.0.0.12', 'B'),
        host('lb1', '10.0.0.5', 'C', { roles }),
        host('lb2', '10.0.0.6', 'D', { roles }),
      ],
      listeners: [
        { type: 'tcp', port: 1883 },
        { type: 'websocket', port: 8000, name: 'web' },
      ],
      loadBalancer: {
        product: 'haproxy',
        frontends: [
          { listener: 'tcp', port: 11883 },
          {
            listener: 'web',
            port: 443,
            tls: { certificate: { stored: 'ab'.repeat(32) }, privateKey: { stored: 'cd'.repeat(32) } },
          },
        ],
        ...more,
      },
    });

    it('are those of each of its hosts before those of the nodes', async () => {
      const ran = await endpoints(behind());
      expect(ran.stdout.split('\n')).toEqual([
        'HOST  ADDRESS                   LISTENER  NOTE',
        'lb1   mqtt://10.0.0.5:11883               load balancer',
        'lb1   wss://10.0.0.5:443/mqtt   web       load balancer',
        'lb2   mqtt://10.0.0.6:11883               load balancer',
        'lb2   wss://10.0.0.6:443/mqtt   web       load balancer',
        'n1    mqtt://10.0.0.11:1883',
        'n1    ws://10.0.0.11:8000/mqtt  web',
        'n2    mqtt://10.0.0.12:1883',
        'n2    ws://10.0.0.12:8000/mqtt  web',
        '',
      ]);
    });

    it('are the address that moves between them, and alone in the DNS', async () => {
      const moving = behind({ vip: { address: '10.0.0.100/24', interface: 'eth0' } });
      expect((await endpoints(moving)).stdout.split('\n').slice(1, 4)).toEqual([
        'vip   mqtt://10.0.0.100:11883              load balancer',
        'vip   wss://10.0.0.100:443/mqtt  web       load balancer',
        'n1    mqtt://10.0.0.11:1883',
      ]);
      expect((await endpoints(moving, '--srv')).stdout).toBe(`_mqtt._tcp.prod 60 IN SRV 0 10 11883 vip.prod
_wss._tcp.prod 60 IN SRV 0 10 443 vip.prod
_wss._tcp.prod 60 IN TXT "path=/mqtt"
vip.prod 60 IN A 10.0.0.100
`);
    });
  });

  it('are DNS records, those of the loopback left out', async () => {
    const ran = await endpoints({}, '--srv', '--domain', 'example.org');
    expect(ran.stdout).toBe(`$ORIGIN example.org.
_mqtt._tcp.prod 60 IN SRV 0 10 1883 n1.prod
_secure-mqtt._tcp.prod 60 IN SRV 0 10 8883 n1.prod
_ws._tcp.prod 60 IN SRV 0 10 8000 n1.prod
_wss._tcp.prod 60 IN SRV 0 10 8443 n1.prod
_mqtt._tcp.prod 60 IN SRV 0 10 1883 n2.prod
_secure-mqtt._tcp.prod 60 IN SRV 0 10 8883 n2.prod
_ws._tcp.prod 60 IN SRV 0 10 8000 n2.prod
_wss._tcp.prod 60 IN SRV 0 10 8443 n2.prod
_ws._tcp.prod 60 IN TXT "path=/mqtt"
_wss._tcp.prod 60 IN TXT "path=/ws"
n1.prod 60 IN A 10.0.0.11
n2.prod 60 IN A 10.0.0.12
`);
    expect((await endpoints({}, '--srv')).stdout).toMatch(/^_mqtt\._tcp\.prod 60 IN SRV/);
  });

  it('are targets of Prometheus, at the port that the file of the extension says', async () => {
    const files = { 'conf/config.properties': { text: 'ip=0.0.0.0\nport=9400\nmetric_path=/m\n' } };
    const ran = await endpoints({ extensions: [{ ...prometheus, files }] }, '--prometheus');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    // As Prometheus documents file_sd_config.
    const groups = z
      .array(z.strictObject({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }))
      .parse(JSON.parse(ran.stdout));
    expect(groups).toEqual([
      { targets: ['10.0.0.11:9400'], labels: { cluster: 'prod', node: 'n1', __metrics_path__: '/m' } },
      { targets: ['10.0.0.12:9400'], labels: { cluster: 'prod', node: 'n2', __metrics_path__: '/m' } },
    ]);
  });

  it('are those of the vendor where no file says otherwise, with a warning where one is out of sight', async () => {
    const plain = await endpoints({ extensions: [prometheus] }, '--prometheus');
    expect(plain).toMatchObject({ stderr: '' });
    expect(plain.stdout).toContain('"10.0.0.11:9399"');
    const files = { 'conf/config.properties': { stored: 'cd'.repeat(32) } };
    const hidden = await endpoints({ extensions: [{ ...prometheus, files }] }, '--prometheus');
    expect(hidden.stderr).toContain('its default is given');
  });

  it('are refused with the line to add where nothing serves metrics', async () => {
    const ran = await endpoints({}, '--prometheus');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('add one: extensions: [{ id: hivemq-prometheus-extension');
  });

  it('are refused for a cluster that nobody knows, and in two forms at once', async () => {
    expect(await world().run('endpoints', 'nobody')).toMatchObject({ code: 2 });
    expect(await world().run('endpoints', 'prod', '--srv', '--json')).toMatchObject({ code: 2 });
  });
});
