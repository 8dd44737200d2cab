import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readSockets, takenPorts, usedNumbers } from '../../../src/activities/hosts/taken-ports.js';
import type { BoundAddress } from '../../../src/domain/products/index.js';

const want = (port: number, change: Partial<BoundAddress> = {}): BoundAddress => ({
  address: '10.0.0.1',
  port,
  protocol: 'tcp',
  range: 0,
  ...change,
});

/** 10.0.0.1:1883, any address:8000, and UDP 127.0.0.1:8555, as the kernel prints them. */
const sockets = readSockets('tcp=0100000A:075B\nother=1\ntcp=00000000:1F40\nudp=0100007F:216B\n');

describe('takenPorts', () => {
  it.each([
    ['the same address', want(1883), [1883]],
    ['another address', want(1883, { address: '10.0.0.2' }), []],
    ['any address', want(1883, { address: '0.0.0.0' }), [1883]],
    ['something at any address', want(8000), [8000]],
    ['another protocol', want(1883, { protocol: 'udp' }), []],
    ['datagrams', want(8555, { protocol: 'udp', address: '127.0.0.1' }), [8555]],
    ['a range of which one is free', want(1883, { range: 1 }), []],
  ])('%s', (_name, wanted, taken) => {
    expect(takenPorts(sockets, [wanted])).toEqual(taken);
  });

  it('a range without a free port is taken', () => {
    expect(takenPorts(readSockets('tcp=00000000:2328\ntcp=00000000:2329\n'), [want(9000, { range: 1 })])).toEqual([
      9000,
    ]);
  });

  it('numbers are in use whatever the address', () => {
    expect([...usedNumbers(sockets)]).toEqual([1883, 8000, 8555]);
  });

  it('reads what this kernel says of real sockets', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(datagrams, 'listening')]);
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const lines = (['tcp', 'udp'] as const).flatMap((protocol) =>
      readFileSync(`/proc/net/${protocol}`, 'utf8')
        .split('\n')
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => `${protocol}=${line.trim().split(/\s+/)[1] ?? ''}`),
    );
    const local = { address: '127.0.0.1' };
    const wanted = [want(address.port, local), want(datagrams.address().port, { ...local, protocol: 'udp' })];
    expect(takenPorts(readSockets(lines.join('\n')), wanted)).toEqual(wanted.map(({ port }) => port));
    datagrams.close();
    server.close();
  });
});
