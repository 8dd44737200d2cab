import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference, type Items, itemsOfBackup, makeItems } from './support/items.js';
import { connect, makeSession, takeQueue } from './support/mqtt.js';
import { ports, Sim, type SimNode, until } from './support/sim.js';

const clients = '/api/v1/mqtt/clients';
const backups = '/api/v1/management/backups';

interface Backup {
  id: string;
  state: string;
  failReason?: string;
  bytes?: number;
}

async function backup(node: SimNode, method: string, id = ''): Promise<Backup> {
  const { body } = await node.request(method, id === '' ? backups : `${backups}/${id}`);
  return (body as { backup: Backup }).backup;
}

/** Waits until a backup is no longer worked on. */
async function settled(node: SimNode, id: string): Promise<Backup> {
  let last: Backup = { id, state: '' };
  await until(`backup ${id} settles`, async () => {
    last = await backup(node, 'GET', id);
    return !last.state.includes('IN_PROGRESS');
  });
  return last;
}

describe('the REST and Health APIs of three nodes', () => {
  let sim: Sim;
  let items: Items;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 3, version: '4.31.0' });
    await sim.startAll();
    items = await makeItems(sim.nodes, 60, 'a');
  });
  afterAll(() => sim.remove());

  it('lists all clients from any node, page by page', async () => {
    const seen: string[] = [];
    let next: string | undefined = `${clients}?limit=50`;
    let pages = 0;
    while (next !== undefined) {
      const { status, body } = await sim.node(pages % 3).request('GET', next);
      expect(status).toBe(200);
      const page = body as { items: { id: string }[]; _links?: { next: string } };
      seen.push(...page.items.map(({ id }) => id));
      next = page._links?.next;
      pages += 1;
    }
    expect(pages).toBe(2);
    expect(seen.sort()).toEqual(
      [...items]
        .filter((item) => item.startsWith('session '))
        .map((item) => item.slice(8))
        .sort(),
    );
    expect(await sim.node(0).request('GET', `${clients}?limit=49`)).toMatchObject({ status: 400 });
    const stale = await sim.node(0).request('GET', `${clients}?cursor=bm90aGluZw`);
    expect(stale).toMatchObject({ status: 410, body: { errors: [{ title: 'Cursor not valid anymore' }] } });
  });

  it('tells about online and offline clients from any node', async () => {
    const id = 'space and/slash';
    const url = `${clients}/${encodeURIComponent(id)}`;
    const client = await connect(sim.node(1).url, {
      clientId: id,
      keepalive: 30,
      properties: { sessionExpiryInterval: 500 },
      will: { topic: 'will/x', payload: Buffer.from('gone'), qos: 1, retain: false },
    });
    await client.subscribeAsync('x/+', { qos: 2, nl: true });
    const nodeId = (
      (await sim.node(1).request('GET', '/api/v1/health/cluster', 'health')).body as { details: Record<string, string> }
    ).details['node-id'];
    for (const node of sim.nodes) {
      expect(await node.request('GET', url)).toMatchObject({
        status: 200,
        body: {
          client: {
            id,
            connected: true,
            sessionExpiryInterval: 500,
            messageQueueSize: 0,
            willPresent: true,
            connection: {
              keepAlive: 30,
              mqttVersion: 'MQTTv5',
              connectedNodeId: nodeId,
              cleanStart: true,
              sourceIp: expect.any(String) as string,
            },
          },
        },
      });
      expect(await node.request('GET', `${url}/connection`)).toEqual({
        status: 200,
        body: { connection: { connected: true } },
      });
      const { body } = await node.request('GET', `${url}/subscriptions`);
      expect(body).toEqual({
        items: [
          { topicFilter: 'x/+', qos: 'EXACTLY_ONCE', retainHandling: 'SEND', retainAsPublished: false, noLocal: true },
        ],
      });
    }
    await client.endAsync();
    await until('it is offline', async () => {
      const { body } = await sim.node(2).request('GET', `${url}/connection`);
      return !(body as { connection: { connected: boolean } }).connection.connected;
    });
    expect(await sim.node(2).request('GET', url)).toMatchObject({
      body: { client: { connected: false, messageQueueSize: 0 } },
    });
    expect(await sim.node(2).request('GET', `${clients}/a3`)).toMatchObject({
      body: { client: { messageQueueSize: 1 } },
    });
    expect(await sim.node(2).request('DELETE', url)).toMatchObject({ status: 204 });
    const gone = await sim.node(0).request('GET', url);
    expect(gone).toEqual({
      status: 404,
      body: { errors: [{ title: 'Resource not found', detail: `Resource with id '${id}' not found` }] },
    });
  });

  describe('disconnecting a client', () => {
    let watcher: MqttClient;
    const wills: string[] = [];
    beforeAll(async () => {
      watcher = await connect(sim.node(0).url);
      watcher.on('message', (topic) => wills.push(topic));
      await watcher.subscribeAsync('will/#', { qos: 1 });
    });
    afterAll(() => watcher.endAsync());

    async function cut(clientId: string, how: (client: MqttClient) => unknown): Promise<number | undefined> {
      const client = await connect(sim.node(2).url, {
        clientId,
        properties: { sessionExpiryInterval: 500 },
        will: { topic: `will/${clientId}`, payload: Buffer.from('gone'), qos: 1, retain: false },
      });
      client.on('error', () => undefined);
      const reason = new Promise<number | undefined>((resolve) => {
        client.once('disconnect', (packet) => resolve(packet.reasonCode));
        client.once('close', () => resolve(undefined));
      });
      await how(client);
      return reason;
    }

    it('keeps its session, and publishes the will unless asked not to', async () => {
      const away = (id: string, query = '') => sim.node(1).request('DELETE', `${clients}/${id}/connection${query}`);
      expect(await cut('suppressed', () => away('suppressed', '?preventWillMessage=true'))).toBe(0x98);
      expect(await cut('published', () => away('published'))).toBe(0x98);
      await cut('torn', (client) => client.stream.destroy());
      await cut('polite', (client) => client.endAsync());
      await until('the wills arrive', () => wills.length >= 2);
      const marker = await connect(sim.node(0).url);
      await marker.publishAsync('will/marker', 'x', { qos: 1 });
      await marker.endAsync();
      await until('the marker arrives', () => wills.includes('will/marker'));
      expect([...wills].sort()).toEqual(['will/marker', 'will/published', 'will/torn']);
      expect(await sim.node(0).request('GET', `${clients}/suppressed`)).toMatchObject({
        body: { client: { connected: false } },
      });
      expect(await away('suppressed')).toMatchObject({ status: 404 });
      expect(await away('published', '?preventWillMessage=perhaps')).toMatchObject({ status: 400 });
    });

    it('a client that connects at another node takes its session over', async () => {
      const old = await connect(sim.node(0).url, { clientId: 'mover', properties: { sessionExpiryInterval: 500 } });
      await old.subscribeAsync('mover', { qos: 1 });
      const taken = new Promise<number | undefined>((resolve) =>
        old.once('disconnect', (packet) => resolve(packet.reasonCode)),
      );
      const publisher = await connect(sim.node(2).url);
      const resumed = takeQueue(sim.node(1).url, 'mover', (got) => got.length > 0);
      expect(await taken).toBe(0x8e);
      await publisher.publishAsync('mover', 'hello', { qos: 1 });
      expect(await resumed).toEqual({ present: true, payloads: ['hello'] });
      await publisher.endAsync();
    });
  });

  it('makes one backup at a time, downloads it, and gives it up when the members change', async () => {
    const node = sim.node(0);
    const first = await backup(node, 'POST');
    expect(first.state).toBe('IN_PROGRESS');
    const refused = await backup(sim.node(1), 'POST');
    expect(refused).toMatchObject({ state: 'FAILED', failReason: 'Another backup is already in progress.' });
    const done = await settled(sim.node(2), first.id);
    expect(done.state).toBe('COMPLETED');
    expect(done.bytes).toBeGreaterThan(0);
    const file = path.join(node.home, 'backup', first.id, `${first.id}.hivemq-4.31.0.backup`);
    expect(difference(items, itemsOfBackup(file)).missing).toEqual([]);
    const download = await fetch(
      `http://${sim.node(1).address}:${ports.rest}/api/v1/management/files/backups/${first.id}`,
    );
    expect((await download.arrayBuffer()).byteLength).toBe(done.bytes);
    const { body } = await sim.node(2).request('GET', backups);
    expect((body as { items: Backup[] }).items.map(({ state }) => state).sort()).toEqual(['COMPLETED', 'FAILED']);
    expect(await node.request('GET', `${backups}/20000101-000000`)).toMatchObject({ status: 404 });

    const doomed = await backup(node, 'POST');
    await sim.node(2).stop('SIGKILL');
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    const last = await settled(node, doomed.id);
    // The backup may be done before the change is noticed; it is never a partial one.
    if (last.state === 'COMPLETED')
      expect(
        difference(items, itemsOfBackup(path.join(node.home, 'backup', last.id, `${last.id}.hivemq-4.31.0.backup`)))
          .missing,
      ).toEqual([]);
    else expect(last).toMatchObject({ state: 'FAILED', failReason: expect.stringContaining('topology') as string });
    sim.node(2).start();
    await sim.untilMembers(sim.nodes, 3);
  });

  it('imports a backup into a cluster with data and clients', async () => {
    const { id } = await settled(sim.node(0), (await backup(sim.node(0), 'POST')).id);
    const other = await Sim.create({ nodes: 2, version: '4.32.0' });
    try {
      await other.startAll();
      // Live before the import: one session of its own, one that is in the backup too, with a connection.
      await makeSession(other.node(0).url, 'own', 'own');
      const live = await connect(other.node(1).url, { clientId: 'a0', properties: { sessionExpiryInterval: 500 } });
      const got: string[] = [];
      live.on('message', (_topic, payload) => got.push(payload.toString()));
      const target = path.join(other.node(1).home, 'backup', id);
      mkdirSync(target, { recursive: true });
      cpSync(path.join(sim.node(0).home, 'backup', id), target, { recursive: true });
      expect(await backup(other.node(1), 'GET', id)).toMatchObject({ state: 'COMPLETED' });
      expect((await backup(other.node(1), 'POST', id)).state).toBe('RESTORE_IN_PROGRESS');
      expect((await settled(other.node(1), id)).state).toBe('RESTORE_COMPLETED');
      await until('the live session gets its message', () => got.length > 0);
      expect(live.connected).toBe(true);
      // Once more: what was delivered stays delivered, what is queued is not queued twice.
      await backup(other.node(1), 'POST', id);
      expect((await settled(other.node(1), id)).state).toBe('RESTORE_COMPLETED');
      const probe = await backup(other.node(0), 'POST');
      const made = await settled(other.node(0), probe.id);
      const file = path.join(other.node(0).home, 'backup', made.id, `${made.id}.hivemq-4.32.0.backup`);
      const restored = itemsOfBackup(file);
      expect(restored.filter((item) => item.startsWith('queued a7:'))).toEqual(['queued a7: a7 ']);
      expect(restored).toContain('session own');
      expect(difference(items, restored).missing).toEqual(['queued a0: a0 ']);
      expect(got).toEqual(['a0 ']);
      await live.endAsync();
    } finally {
      await other.remove();
    }
  });

  it('serves MQTT over WebSocket', async () => {
    const node = sim.node(1);
    expect(await node.stop()).toBe(143);
    const listener = `<websocket-listener><port>8000</port><bind-address>${node.address}</bind-address></websocket-listener>`;
    const file = path.join(node.home, 'conf', 'config.xml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('<listeners>', `<listeners>${listener}`));
    node.start();
    await sim.untilMembers(sim.nodes, 3);
    await sim.untilStarted([node]);
    const client = await connect(`ws://${node.address}:8000/mqtt`);
    const got = new Promise<number>((resolve) => client.once('message', (_topic, payload) => resolve(payload.length)));
    await client.subscribeAsync('ws', { qos: 1 });
    await client.publishAsync('ws', 'x'.repeat(70_000), { qos: 1 });
    expect(await got).toBe(70_000);
    await client.endAsync();
  });

  it('answers the Health API as documented', async () => {
    const { status, body } = await sim.node(0).request('GET', '/api/v1/health/', 'health');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'UP',
      groups: ['liveness', 'readiness'],
      components: {
        cluster: {
          status: 'UP',
          details: { 'cluster-size': 3, 'node-state': 'RUNNING', 'is-leave-replication-in-progress': false },
        },
        info: { details: { version: '4.31.0', 'log-level': 'INFO' } },
        mqtt: {
          components: {
            [`tcp-listener-${ports.mqtt}`]: { details: { 'is-running': true, port: ports.mqtt, type: 'TCP Listener' } },
          },
        },
        'rest-api': { details: { enabled: true } },
        extensions: { components: { 'hivemq-allow-all-extension': { details: { enabled: true } } } },
      },
    });
    for (const part of ['liveness', 'readiness', 'cluster', 'info', 'extensions/hivemq-allow-all-extension']) {
      expect(await sim.node(1).request('GET', `/api/v1/health/${part}`, 'health')).toMatchObject({
        status: 200,
        body: { status: 'UP' },
      });
    }
    expect((await sim.node(1).request('GET', '/api/v1/health/nothing', 'health')).status).toBe(404);
  });
});
