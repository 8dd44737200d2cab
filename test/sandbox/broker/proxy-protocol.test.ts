import { writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProxyHeader } from '../../../src/sandbox/broker/mqtt/proxy-protocol.js';
import { Authority } from '../../conformance/support/certificates.js';
import { ports, Sim } from '../../conformance/support/sim.js';

/** A header of version 2 for a client at 10.1.2.3. */
function binary(command: number, family = 1): Buffer {
  const addresses = Buffer.from([10, 1, 2, 3, 10, 0, 0, 1, 0x30, 0x39, 0x07, 0x5b]);
  const head = Buffer.from([0x20 | command, (family << 4) | 1, 0, addresses.length]);
  return Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), head, addresses]);
}
const text = Buffer.from('PROXY TCP4 10.1.2.3 10.0.0.1 12345 1883\r\n');

describe('the header of the PROXY protocol', () => {
  it.each([
    ['version 1', text, '10.1.2.3'],
    ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
    ['version 2', binary(1), '10.1.2.3'],
    ['version 2, local', binary(0), undefined],
  ])('is read in %s, whatever follows', (_what, header, source) => {
    const whole = Buffer.concat([header, Buffer.from('more')]);
    expect(parseProxyHeader(whole)).toEqual({ length: header.length, source });
    for (let length = 0; length < header.length; length += 1)
      expect(parseProxyHeader(whole.subarray(0, length))).toBeUndefined();
  });

  it('is missed', () => {
    expect(() => parseProxyHeader(Buffer.from([0x10, 0x20, 0, 4]))).toThrow();
    expect(() => parseProxyHeader(Buffer.from(`PROXY ${'x'.repeat(120)}`))).toThrow();
  });
});

describe('a listener behind a proxy', () => {
  const authority = new Authority('test authority');
  const tlsPort = 8883;
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1 });
    const node = sim.node(0);
    const key = `<keystore><path>key.p12</path><password>${Authority.password}</password><private-key-password>${Authority.password}</private-key-password></keystore>`;
    const proxied = `<bind-address>${node.address}</bind-address><proxy-protocol>true</proxy-protocol>`;
    sim.configure(
      node,
      [node],
      `<listeners><tcp-listener><port>${ports.mqtt}</port>${proxied}</tcp-listener><tls-tcp-listener><port>${tlsPort}</port>${proxied}<tls>${key}</tls></tls-tcp-listener></listeners>`,
      { listeners: '' },
    );
    writeFileSync(path.join(node.home, 'key.p12'), authority.issue('node', node.address).store);
    await sim.startAll();
  });
  afterAll(() => sim.remove());

  const open = (port: number, header: Buffer): Socket => {
    const socket = connectTcp(port, sim.node(0).address);
    socket.write(header);
    return socket;
  };
  const sourceOf = async (clientId: string, stream: Socket): Promise<unknown> => {
    const client = new mqtt.MqttClient(() => stream, { clientId, protocolVersion: 5, reconnectPeriod: 0 });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('closed')));
    });
    const { body } = await sim.node(0).request('GET', `/api/v1/mqtt/clients/${clientId}`);
    client.end(true);
    return (body as { client: { connection: { sourceIp: string } } }).client.connection.sourceIp;
  };

  it.each([
    ['version 1', text],
    ['version 2', binary(1)],
  ])('knows the client by the header of %s, over TCP and TLS', async (_what, header) => {
    expect(await sourceOf('plain', open(ports.mqtt, header))).toBe('10.1.2.3');
    const secure = connectTls({ socket: open(tlsPort, header), ca: authority.certificate, host: sim.node(0).address });
    expect(await sourceOf('secure', secure)).toBe('10.1.2.3');
  });

  it('ends a connection without a header', async () => {
    await expect(sourceOf('bare', open(ports.mqtt, Buffer.alloc(0)))).rejects.toThrow('closed');
  });
});
