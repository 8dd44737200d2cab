import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { NodeSSH } from 'node-ssh';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GATE_PORT } from '../../../src/sandbox/stage/index.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

/** A back end that introduces itself by name and echoes what it gets. */
async function startBackEnd(
  name: string,
  address: string,
): Promise<{ server: Server; port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(`${name}\n`);
    socket.pipe(socket);
  }).listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { server, port: bound.port, sockets };
}

describe('the traffic gate of a stage', () => {
  const stage = useStage({ nodes: ['n1', 'n2', 'n3'], gates: ['lb1'], recovery: [] });
  const backEnds: Awaited<ReturnType<typeof startBackEnd>>[] = [];
  const clients: Socket[] = [];
  let ssh: NodeSSH;

  beforeEach(async () => {
    ssh = await logIn(stage().host('lb1'));
    for (const { name, address } of stage().nodes) backEnds.push(await startBackEnd(name, address));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const { server, sockets } of backEnds.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
    for (const { name } of stage().nodes) await (await logIn(stage().host('lb1'))).execCommand(`gate disable ${name}`);
  });

  const gate = async (...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    ssh.execCommand(`gate ${words.join(' ')}`);
  const enable = (index: number): ReturnType<typeof gate> => {
    const node = stage().nodes[index]!;
    return gate('enable', node.name, `${node.address}:${backEnds[index]!.port}`);
  };
  /** Connects through the gate. @returns the back end that answered, or undefined when the gate closed the connection */
  const enter = async (): Promise<{ name: string | undefined; client: Socket }> => {
    const client = connect({ host: stage().host('lb1').address, port: GATE_PORT });
    clients.push(client);
    client.on('error', () => undefined);
    const name = await new Promise<string | undefined>((resolve) => {
      client.once('data', (data) => resolve(data.toString().trim()));
      client.once('close', () => resolve(undefined));
    });
    return { name, client };
  };
  const enterTimes = async (times: number): Promise<(string | undefined)[]> => {
    const names: (string | undefined)[] = [];
    for (let index = 0; index < times; index += 1) names.push((await enter()).name);
    return names;
  };

  it('closes connections as long as no back end is enabled', async () => {
    expect((await enter()).name).toBeUndefined();
  });

  it('takes turns over the back ends that are enabled, added at run time', async () => {
    await enable(0);
    expect(await enterTimes(2)).toEqual(['n1', 'n1']);
    await enable(1);
    await enable(2);
    expect((await enterTimes(6)).sort()).toEqual(['n1', 'n1', 'n2', 'n2', 'n3', 'n3']);
  });

  it('keeps the connections of a back end that is disabled, and sends it no new ones', async () => {
    await enable(0);
    const old = await enter();
    await enable(1);
    await gate('disable', 'n1');
    expect(await enterTimes(4)).toEqual(['n2', 'n2', 'n2', 'n2']);
    old.client.write('still here');
    const [echo] = (await once(old.client, 'data')) as [Buffer];
    expect(echo.toString()).toBe('still here');
    const rows: unknown = JSON.parse((await gate('list')).stdout);
    expect(rows).toMatchObject([
      { host: 'n1', enabled: false, connections: 1 },
      { host: 'n2', enabled: true },
      { host: 'n3', enabled: false },
    ]);
  });

  it('passes over a back end that is dead', async () => {
    await enable(0);
    await enable(1);
    backEnds[0]!.server.close();
    expect(await enterTimes(3)).toEqual(['n2', 'n2', 'n2']);
  });

  it('closes a connection when its back end does, and counts it no longer', async () => {
    await enable(0);
    const { client } = await enter();
    backEnds[0]!.sockets[0]!.destroy();
    await once(client, 'close');
    await until(async () => (await gate('list')).stdout.includes('"connections":0'));
  });

  it('remembers over a reboot of its host, and writes down what it was told', async () => {
    const host = stage().host('lb1');
    await enable(1);
    await host.reboot();
    ssh = await logIn(host);
    await until(async () => (await gate('list')).code === 0);
    expect((await enter()).name).toBe('n2');
    const events = host.journal().map(({ event }) => event);
    expect(events.filter((event) => event === 'gate-start').length).toBe(2);
    expect(events).toContain('gate-enable');
    expect(events).toContain('gate-disable');
  });

  it('refuses what it does not understand', async () => {
    expect(await gate('enable', 'n1', 'nowhere')).toMatchObject({
      code: 1,
      stderr: 'gate: not an address:port: nowhere',
    });
    expect((await gate('open', 'n1')).stderr).toMatch(/^gate: usage: /);
  });

  it('accepts that a back end it never heard of is disabled', async () => {
    expect((await gate('disable', 'n9')).code).toBe(0);
  });
});
