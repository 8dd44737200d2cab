import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copies, difference, type Items, itemsOfBackup, makeItems, misplaced, runTool } from './support/items.js';
import { takeQueue } from './support/mqtt.js';
import { Sim, type SimNode, until } from './support/sim.js';

/** The cluster's own view of its items: a backup, downloaded. */
async function clusterItems(node: SimNode): Promise<string[]> {
  const created = await node.request('POST', '/api/v1/management/backups');
  const { id } = (created.body as { backup: { id: string } }).backup;
  const folder = path.join(node.home, 'backup', id);
  await until('the backup is there', async () => {
    const { body } = await node.request('GET', `/api/v1/management/backups/${id}`);
    return (body as { backup: { state: string } }).backup.state === 'COMPLETED';
  });
  return itemsOfBackup(path.join(folder, `${id}.hivemq-4.30.0.backup`));
}

describe('four nodes, replica count 2', () => {
  let sim: Sim;
  let tool: string;
  let items: Items;
  const data = (nodes: readonly SimNode[]): string[] => nodes.map((node) => node.data);
  const place = (nodes: readonly SimNode[]): Promise<Map<string, number[]>> => copies(tool, sim.env, data(nodes));

  beforeAll(async () => {
    sim = await Sim.create({ nodes: 4 });
    tool = await sim.recoveryTool();
    await sim.startAll();
    items = await makeItems(sim.nodes, 60, 'a');
  });
  afterAll(() => sim.remove());

  it('keeps each item in exactly two data folders', async () => {
    expect(misplaced(items, await place(sim.nodes), 2)).toEqual([]);
  });

  it('finds a folder from which a copy was taken, one that has a copy too much, and a foreign item', async () => {
    const folders = sim.nodes.map((node, index) => {
      const copy = path.join(sim.root, `sabotaged-${index}`);
      cpSync(node.data, copy, { recursive: true });
      return copy;
    });
    const store = (index: number): string => path.join(folders[index]!, 'persistence', 'client_session_store');
    const [victim] = readdirSync(store(0));
    rmSync(path.join(store(0), victim!));
    expect(misplaced(items, await copies(tool, sim.env, folders), 2).length).toBeGreaterThan(0);
    cpSync(store(1), store(0), { recursive: true });
    const wrong = misplaced(items, await copies(tool, sim.env, folders), 2);
    expect(wrong.some((line) => line.includes('3 folders'))).toBe(true);
    const fewer = new Set([...items].slice(1));
    expect(misplaced(fewer, await place(sim.nodes), 2)).toEqual([expect.stringContaining('is unknown')]);
  });

  it('loses nothing when one node is killed, and restores both copies on the others', async () => {
    const [, second] = sim.nodes;
    await second!.stop('SIGKILL');
    const survivors = sim.nodes.filter((node) => node !== second);
    await sim.untilMembers(survivors, 3);
    expect(misplaced(items, await place(survivors), 2)).toEqual([]);
    expect(sim.node(0).log).not.toContain('replica count is');
    second!.start();
    await sim.untilStarted([second!]);
    await sim.untilMembers(sim.nodes, 4);
    expect(misplaced(items, await place(sim.nodes), 2)).toEqual([]);
  });

  it('loses exactly what only two killed nodes held, and the recovery tool brings back exactly that', async () => {
    const dead = [sim.node(2), sim.node(3)];
    const before = await place(sim.nodes);
    const lost = [...before].filter(([, at]) => at.every((index) => index >= 2)).map(([item]) => item);
    expect(lost.length).toBeGreaterThan(0);
    for (const node of dead) node.signal('SIGKILL');
    for (const node of dead) await node.exitCode;
    const survivors = [sim.node(0), sim.node(1)];
    await sim.untilMembers(survivors, 2);
    expect(difference(items, (await place(survivors)).keys())).toEqual({ missing: lost.sort(), unknown: [] });
    expect(difference(items, await clusterItems(sim.node(0))).missing).toEqual(lost);

    // One client comes back before the import and gets its message: it must not get it again.
    const delivered = [...items].find((item) => item.startsWith('session ') && !lost.includes(item))!.slice(8);
    expect(await takeQueue(sim.node(0).url, delivered, (got) => got.length > 0)).toMatchObject({ present: true });

    const run = await runTool(tool, sim.env, data(dead));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/Exported \d+ sessions, \d+ subscriptions, \d+ queued messages, \d+ retained messages/);
    const name = path.basename(run.file!);
    const id = name.slice(0, 15);
    const folder = path.join(sim.node(1).home, 'backup', id);
    mkdirSync(folder, { recursive: true });
    cpSync(run.file!, path.join(folder, name));
    const answer = await sim.node(1).request('POST', `/api/v1/management/backups/${id}`);
    expect(answer).toMatchObject({ status: 200, body: { backup: { id, state: 'RESTORE_IN_PROGRESS' } } });
    await until('the import is done', async () => {
      const { body } = await sim.node(1).request('GET', `/api/v1/management/backups/${id}`);
      return (body as { backup: { state: string } }).backup.state === 'RESTORE_COMPLETED';
    });
    const wanted = new Set([...items].filter((item) => !item.startsWith(`queued ${delivered}:`)));
    expect(misplaced(wanted, await place(survivors), 2)).toEqual([]);
  });

  it('warns when more nodes than the replica count, or all others, fail together', async () => {
    const [survivor, other] = [sim.node(0), sim.node(1)];
    await other.stop('SIGKILL');
    await sim.untilMembers([survivor], 1);
    await until('the warning is logged', () => /WARN .*replica count is 2\. Local time/.test(survivor.log), survivor);
  });
});
