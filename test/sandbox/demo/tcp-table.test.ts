import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { parseTcpTable, readTcpTable } from '../../../src/sandbox/demo/tcp-table.js';
import { until } from '../../support/until.js';

it('reads addresses, ports and states, and leaves out other networks', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B01007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0B01007F:075B 0F01007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0100000A:075B 0F01007F:C002 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
  10: 0B01007F:C003 0F01007F:C002 06 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
`;
  expect(parseTcpTable(text)).toEqual([
    { address: '127.0.1.11', port: 1883, state: 'listening' },
    { address: '127.0.1.11', port: 1883, state: 'established' },
    { address: '127.0.1.11', port: 49155, state: 'other' },
  ]);
});

it('sees a server of this machine and the connections that end there', async () => {
  const server = createServer().listen(0, '127.9.8.7');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const client = connect(bound.port, '127.9.8.7');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  await once(client, 'connect');
  const states = () =>
    readTcpTable()
      .filter(({ address, port }) => address === '127.9.8.7' && port === bound.port)
      .map(({ state }) => state)
      .sort();
  await until(() => states().join() === 'established,listening');
  client.destroy();
  server.close();
  await until(() => !states().includes('established') && !states().includes('listening'));
});
