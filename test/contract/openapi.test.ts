import { readFileSync } from 'node:fs';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connect, makeSession } from '../conformance/support/mqtt.js';
import { Sim, type SimNode, until } from '../conformance/support/sim.js';
import { departures, documentSchema } from './schema.js';

/** The vendor's OpenAPI document; this file runs only where the variable names one. */
const api = documentSchema.parse(parse(readFileSync(process.env.HIVEKEEPER_OPENAPI ?? '', 'utf8')));

/** Compares an answer of the simulation with the document: the status is one of the documented, the body has its schema. */
function compare(path: string, method: string, answer: { status: number; body: unknown }): string[] {
  const responses = api.paths[path]?.[method.toLowerCase()]?.responses;
  if (!responses) return [`${method} ${path} is not documented`];
  const response = responses[String(answer.status)];
  if (!response)
    return [`${method} ${path} answers ${answer.status}, documented: ${Object.keys(responses).join(', ')}`];
  const schema = response.content?.['application/json']?.schema;
  return schema
    ? departures(api, schema, answer.body).map((problem) => `${method} ${path} ${answer.status} ${problem}`)
    : [];
}

describe('the REST API of the simulated broker, held to the vendor’s OpenAPI document', () => {
  let sim: Sim;
  let node: SimNode;
  let online: MqttClient;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1, version: '4.30.0' });
    await sim.startAll();
    node = sim.node(0);
    await makeSession(node.url, 'offline', 'a/#');
    online = await connect(node.url, { clientId: 'online', protocolVersion: 5, clean: false });
    await online.subscribeAsync('b/+', { qos: 1 });
  });
  afterAll(async () => {
    await online.endAsync(true);
    await sim.remove();
  });

  const clients = '/api/v1/mqtt/clients';
  const backups = '/api/v1/management/backups';

  it.each([
    [clients, clients],
    [`${clients}/{clientId}`, `${clients}/online`],
    [`${clients}/{clientId}`, `${clients}/offline`],
    [`${clients}/{clientId}`, `${clients}/nobody`],
    [`${clients}/{clientId}/connection`, `${clients}/online/connection`],
    [`${clients}/{clientId}/subscriptions`, `${clients}/online/subscriptions`],
    [backups, backups],
    [`${backups}/{backupId}`, `${backups}/20200101-000000`],
  ])('GET %s as %s', async (path, asked) => {
    expect(compare(path, 'GET', await node.request('GET', asked))).toEqual([]);
  });

  it('a wrong page size and a wrong cursor', async () => {
    expect(compare(clients, 'GET', await node.request('GET', `${clients}?limit=1`))).toEqual([]);
    expect(compare(clients, 'GET', await node.request('GET', `${clients}?cursor=nonsense`))).toEqual([]);
  });

  it('a backup from its start to its restore', async () => {
    const started = await node.request('POST', backups);
    expect(compare(backups, 'POST', started)).toEqual([]);
    const { id } = (started.body as { backup: { id: string } }).backup;
    const read = () => node.request('GET', `${backups}/${id}`);
    const state = async (): Promise<string> => ((await read()).body as { backup: { state: string } }).backup.state;
    await until('the backup is made', async () => (await state()) === 'COMPLETED');
    expect(compare(`${backups}/{backupId}`, 'GET', await read())).toEqual([]);
    expect(compare(`${backups}/{backupId}`, 'POST', await node.request('POST', `${backups}/${id}`))).toEqual([]);
    await until('the backup is restored', async () => (await state()) === 'RESTORE_COMPLETED');
    expect(compare(`${backups}/{backupId}`, 'GET', await read())).toEqual([]);
  });

  it('a diagnostic archive, and a second one while it is made', async () => {
    const path = '/api/v1/management/diagnostic-archives';
    const [first, second] = await Promise.all([node.request('POST', path), node.request('POST', path)]);
    expect(compare(path, 'POST', first)).toEqual([]);
    expect(compare(path, 'POST', second)).toEqual([]);
    const states = [first, second].map(
      ({ body }) => (body as { diagnosticArchive: { state: string } }).diagnosticArchive.state,
    );
    expect(states.sort()).toEqual(['FAILED', 'IN_PROGRESS']);
  });

  it('a client is disconnected, then its session ended', async () => {
    const connection = `${clients}/{clientId}/connection`;
    expect(compare(connection, 'DELETE', await node.request('DELETE', `${clients}/online/connection`))).toEqual([]);
    expect(compare(`${clients}/{clientId}`, 'DELETE', await node.request('DELETE', `${clients}/offline`))).toEqual([]);
  });

  it('sabotage: an undocumented field, a wrong type, an unknown state and an unknown status are seen', () => {
    const wrong = (backup: object, status = 200): string[] =>
      compare(`${backups}/{backupId}`, 'GET', { status, body: { backup } });
    const right = { id: '20200101-000000', createdAt: '2020-01-01T00:00:00Z', bytes: 1, state: 'COMPLETED' };
    expect(wrong(right)).toEqual([]);
    expect(wrong({ ...right, color: 'red' })).toHaveLength(1);
    expect(wrong({ ...right, bytes: 'many' })).toHaveLength(1);
    expect(wrong({ ...right, state: 'CREATE_COMPLETED' })).toHaveLength(1);
    expect(wrong(right, 418)).toHaveLength(1);
  });
});
