import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminState, RuntimeClient } from '../../../../src/adapters/gate/haproxy/index.js';
import { mustSkip } from '../../../support/requirements.js';
import { programRequirement } from '../../../support/service-requirements.js';
import { until } from '../../../support/until.js';
import { freePort, opensshMissing } from '../../support/openssh.js';
import { useSshHost } from '../../support/ssh-fixture.js';

const haproxy = programRequirement('haproxy', 'haproxy');

describe.skipIf(mustSkip(haproxy) || opensshMissing !== null)('the stats socket of a real HAProxy, over SSH', () => {
  const ssh = useSshHost();
  let child: ChildProcess;
  let client: RuntimeClient;
  let port: number;
  const broker = createServer((socket) => socket.pipe(socket));
  const stateOf = async (server: string) => {
    const found = (await client.servers()).find((row) => row.server === server);
    return found === undefined ? undefined : adminState(found);
  };

  beforeAll(async () => {
    port = await freePort();
    broker.listen(port, '127.0.0.1');
    await once(broker, 'listening');
    const socket = join(ssh.folder, 'admin.sock');
    const config = join(ssh.folder, 'haproxy.cfg');
    writeFileSync(
      config,
      `global
  maxconn 321
  stats socket ${socket} mode 600 level admin
defaults
  mode tcp
  timeout connect 3s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${await freePort()}
  default_backend mqtt
backend mqtt
  balance leastconn
  server n1 127.0.0.1:${port} check inter 100
  server n2 127.0.0.1:1 check inter 100
`,
    );
    child = spawn(haproxy.program, ['-f', config, '-db'], { stdio: 'ignore' });
    await until(() => existsSync(socket));
    client = new RuntimeClient(ssh.host, socket);
  });
  afterAll(() => {
    child.kill('SIGKILL');
    broker.close();
  });

  it('tells of the process, of its servers and of their checks', async () => {
    expect(await client.info()).toMatchObject({ maxconn: 321, connections: 0, pid: child.pid });
    await until(async () => (await client.servers()).find(({ server }) => server === 'n2')?.operational === 0);
    const [n1] = await client.servers();
    expect(n1).toMatchObject({ backend: 'mqtt', server: 'n1', address: '127.0.0.1', port, operational: 2, admin: 0 });
    const stat = (await client.stat()).filter(({ proxy }) => proxy === 'mqtt');
    expect(stat.map(({ service, status, check }) => [service, status, check])).toEqual([
      ['n1', 'UP', 'L4OK'],
      ['n2', 'DOWN', 'L4CON'],
      ['BACKEND', 'UP', ''],
    ]);
  });

  it('drains a server, takes it out, and back in', async () => {
    for (const state of ['drain', 'maint', 'ready'] as const) {
      await client.setState({ backend: 'mqtt', server: 'n1' }, state);
      expect(await stateOf('n1')).toBe(state);
    }
  });

  it('adds a server that is checked, and deletes it', async () => {
    const name = { backend: 'mqtt', server: 'n3' };
    await client.addServer(name, `127.0.0.1:${port}`, ['check', 'inter', '100']);
    expect(await stateOf('n3')).toBe('ready');
    await until(async () => (await client.stat()).some(({ service, check }) => service === 'n3' && check === 'L4OK'));
    await client.deleteServer(name);
    expect(await stateOf('n3')).toBeUndefined();
  });

  it('says what HAProxy answered to a command that it does not take, and to which host', async () => {
    const failure = await client.setState({ backend: 'mqtt', server: 'n9' }, 'drain').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'GateFailed', details: { host: 'n1', answered: true } });
    expect(String(failure)).toContain('set server mqtt/n9 state drain');
    expect(String(failure)).toContain('No such server');
  });

  it('tells a HAProxy that is not there from one that refuses', async () => {
    const absent = new RuntimeClient(ssh.host, join(ssh.folder, 'nobody.sock'));
    const failure = await absent.info().catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'GateFailed', details: { answered: false } });
  });

  it('sends nothing that would be two commands', async () => {
    await expect(client.setState({ backend: 'mqtt', server: 'n1; disable server mqtt/n1' }, 'drain')).rejects.toThrow(
      'not one command',
    );
  });
});

describe.skipIf(opensshMissing !== null)('a process that ends hangs up on whom it has not answered', () => {
  const ssh = useSshHost();

  it.each([
    { hangsUp: 2, name: 'what changes nothing is asked again', outcome: { pid: 7 } },
    { hangsUp: 99, name: 'and counts as not answered when that goes on', outcome: { details: { answered: false } } },
  ])('$name', async ({ hangsUp, outcome }) => {
    const socket = join(ssh.folder, `hangs-up-${hangsUp}.sock`);
    let asked = 0;
    const server = createServer((connection) => {
      asked += 1;
      connection.once('data', () => connection.end(asked > hangsUp ? 'Pid: 7\nMaxconn: 10\nCurrConns: 1\n' : ''));
    }).listen(socket);
    await once(server, 'listening');
    try {
      const answer = await new RuntimeClient(ssh.host, socket).info().catch((error: unknown) => error);
      expect(answer).toMatchObject(outcome);
    } finally {
      server.close();
    }
  });
});
