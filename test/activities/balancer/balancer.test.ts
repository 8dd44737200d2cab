import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reload, start, stop, infoOf } from '../../../src/activities/balancer/keeper.js';
import { withBefore } from '../../../src/activities/balancer/before.js';
import { placeBesides, placeConfig } from '../../../src/activities/balancer/place-files.js';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { WorkerSecrets } from '../../../src/adapters/secrets/index.js';
import type { BalancerTarget } from '../../../src/activities/balancer/target.js';
import { HaproxyGate, keepState, lookAtBalancers, RuntimeClient } from '../../../src/adapters/gate/haproxy/index.js';
import type { GateSession, RemoteHost } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { type ClusterSpec, findHost, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { renderBalancer } from '../../../src/render/haproxy/index.js';
import { mustSkip } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

const signal = new AbortController().signal;
const members = ['n1', 'n2'];
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

describe.skipIf(mustSkip(programRequirement('haproxy', 'haproxy')))('HAProxy on two hosts', () => {
  const stage = useStage({ nodes: members, gates: [], balancers: ['lb1', 'lb2'], recovery: [] });
  const pool = new SshHostPool();
  const nodes: Server[] = [];
  let spec: ClusterSpec;
  let session: GateSession;
  let gate: HaproxyGate;

  const specWith = (more: object = {}): ClusterSpec => {
    const plain = stage().spec({
      version: '4.30.0',
      nodes: 2,
      distribution: { file: '/tmp/x-{version}.zip', sha256: { '4.30.0': 'ab'.repeat(32) } },
    });
    const read = parseClusterSpec({ ...plain, loadBalancer: { ...asObject(plain['loadBalancer']), ...more } });
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    return read.spec;
  };
  const connectTo = (name: string): Promise<RemoteHost> => {
    const host = findHost(spec, name);
    if (host === undefined) throw new Error(name);
    const { port, user, privateKeyFile, become } = host.ssh;
    return pool.connect({ name, address: host.address, hostKeys: host.hostKeys, port, user, privateKeyFile, become });
  };
  const targetOf = async (name: string, wanted = spec): Promise<BalancerTarget> => {
    const host = await connectTo(name);
    const rendered = renderBalancer(wanted, members, name);
    await host.run({ argv: ['mkdir', '-p', rendered.home] });
    const client = new RuntimeClient(host, rendered.sockets.admin);
    return { ...{ name, cluster: spec.name, host, rendered, client, signal }, user: stage().host(name).user };
  };
  /** The node that a new client comes to. */
  const nodeBehind = async (name: string): Promise<string> => {
    const socket = await clientOf(name);
    const [said] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return said.toString();
  };
  const clientOf = async (name: string): Promise<Socket> => {
    const socket = connect(1883, stage().host(name).address);
    await once(socket, 'connect');
    return socket;
  };
  const nodesBehind = async (name: string): Promise<string[]> =>
    [
      ...new Set([await nodeBehind(name), await nodeBehind(name), await nodeBehind(name), await nodeBehind(name)]),
    ].sort();

  beforeAll(async () => {
    spec = specWith();
    session = { spec, connect: connectTo };
    gate = new HaproxyGate(session);
    for (const name of members) {
      const node = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write(name);
        socket.on('data', (data) => socket.write(data));
      });
      nodes.push(node.listen(1883, stage().host(name).address));
      await once(node, 'listening');
    }
    for (const name of ['lb1', 'lb2']) {
      const target = await targetOf(name);
      expect((await placeConfig(target)).done).toBe('written');
      await start(target);
    }
  });
  beforeEach(() => gate.open('n1'));
  afterAll(async () => {
    await pool.close();
    for (const node of nodes) node.close();
  });

  it('closes a node on both: new clients go elsewhere, the one that is there stays', async () => {
    let socket = await clientOf('lb1');
    while (((await once(socket, 'data')) as [Buffer])[0].toString() !== 'n1') {
      socket.destroy();
      socket = await clientOf('lb1');
    }
    expect(await gate.close('n1')).toBe('closed');
    expect(await gate.close('n1')).toBe('already-closed');
    expect(await gate.list()).toEqual({ n1: false, n2: true });
    for (const name of ['lb1', 'lb2']) expect(await nodesBehind(name)).toEqual(['n2']);
    socket.write('still there');
    expect(((await once(socket, 'data')) as [Buffer])[0].toString()).toBe('still there');
    socket.destroy();
    expect(await gate.open('n1')).toBe('opened');
    expect(await gate.open('n1')).toBe('already-open');
    for (const name of ['lb1', 'lb2']) expect(await nodesBehind(name)).toEqual(['n1', 'n2']);
  });

  it('keeps a node closed through a reload, and through a crash', async () => {
    await gate.close('n1');
    const target = await targetOf('lb1');
    const before = await infoOf(target);
    if (before === null) throw new Error('it runs');
    await keepState(target);
    await reload(target, before);
    expect(await gate.list()).toEqual({ n1: false, n2: true });
    await stage()
      .host('lb1')
      .kill9(/haproxy/);
    expect(await infoOf(target)).toBeNull();
    await start(target);
    expect(await gate.list()).toEqual({ n1: false, n2: true });
    expect(await nodesBehind('lb1')).toEqual(['n2']);
  });

  it('reloads without cutting a connection', async () => {
    const socket = await clientOf('lb1');
    await once(socket, 'data');
    const target = await targetOf('lb1', specWith({ maxConnections: 500 }));
    const before = await infoOf(target);
    if (before === null) throw new Error('it runs');
    expect((await placeConfig(target)).done).toBe('written');
    await reload(target, before);
    expect((await infoOf(target))?.maxconn).toBe(500);
    socket.write('still there');
    expect(((await once(socket, 'data')) as [Buffer])[0].toString()).toBe('still there');
    socket.destroy();
  });

  it('leaves everything as it was when HAProxy refuses the configuration, and says why', async () => {
    const target = await targetOf('lb2');
    const file = path.join(stage().host('lb2').root, 'login/lb/haproxy.cfg');
    const before = await readFile(file, 'utf8');
    const besides = `${target.rendered.home}/besides`;
    await target.host.writeFile(besides, 'old', { mode: 0o600 });
    const broken = {
      ...target.rendered,
      files: [
        ...target.rendered.files.map((one) => ({
          ...one,
          content: `${one.content}\nbackend broken\n  balance nonsense\n`,
        })),
        { path: 'besides', content: 'new', mode: 0o600 },
      ],
    };
    const change = { ...target, rendered: broken };
    const source = { store: new DirectoryContentStore(stage().root), secrets: new WorkerSecrets('all') };
    const failure = await withBefore(change, async () => {
      expect(await placeBesides(change, source)).toEqual(['besides']);
      await placeConfig(change);
    }).catch((error: unknown) => error);
    expect(await target.host.readFile(besides)).toBe('old');
    expect(failure).toMatchObject({ kind: 'BalancerRefused', details: { host: 'lb2' } });
    expect(String(failure)).toContain('balance only supports');
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await nodesBehind('lb2')).toEqual(['n1', 'n2']);
  });

  it('does not close a node while a balancer that cannot be told may still send clients there', async () => {
    await stage().host('lb2').cutOff('refuse');
    try {
      const failure = await gate.close('n1').catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'GateFailed', details: { balancer: 'lb2', host: 'n1' } });
      expect(String(failure)).toContain(':1883 answers n1');
      expect(await nodesBehind('lb2')).toContain('n1');
    } finally {
      await stage().host('lb2').restore();
    }
  });

  it('goes on without a balancer that is really off, and says so', async () => {
    await stage().host('lb2').powerOff();
    try {
      expect(await gate.close('n1')).toBe('closed');
      expect(gate.remark).toContain('lb2');
      expect((await lookAtBalancers(session)).silent.map(({ name }) => name)).toEqual(['lb2']);
    } finally {
      await stage().host('lb2').powerOn();
    }
    const target = await targetOf('lb2');
    await start(target);
    // It knows what it knew before; whoever plans next finds that.
    expect(await gate.list()).toEqual({ n1: false, n2: true });
  });

  it('says that a node is not configured rather than that it is open', async () => {
    const target = await targetOf('lb1');
    const row = (await target.client.servers()).find(({ server }) => server === 'n1');
    if (row === undefined) throw new Error('it is there');
    await target.client.deleteServer(row);
    const failure = await gate.open('n1').catch((error: unknown) => error);
    expect(String(failure)).toContain('lb1: HAProxy has 0 servers of n1');
    expect(await stop(target)).toBe('stopped');
    await until(async () => (await infoOf(target)) === null);
    expect(await stop(target)).toBe('not-running');
    await start(target);
  });
});
