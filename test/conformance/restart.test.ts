import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { copies, itemsOfBackup, makeItems, misplaced, runTool } from './support/items.js';
import { takeQueue } from './support/mqtt.js';
import { Sim, until } from './support/sim.js';

describe('starting again', () => {
  let sim: Sim;
  afterEach(() => sim.remove());

  it('run.sh moves the data to data/cluster-backup and keeps one copy of it', async () => {
    sim = await Sim.create({ nodes: 1 });
    const node = sim.node(0);
    const tool = await sim.recoveryTool();
    await sim.startAll();
    const first = await makeItems(sim.nodes, 5, 'first');
    await node.stop();
    await sim.startAll();
    const moved = path.join(node.data, 'cluster-backup');
    expect(misplaced(first, await copies(tool, sim.env, [moved]), 1)).toEqual([]);
    expect((await copies(tool, sim.env, [node.data])).size).toBe(0);

    const second = await makeItems(sim.nodes, 5, 'second');
    await node.stop();
    await sim.startAll();
    expect(misplaced(second, await copies(tool, sim.env, [moved]), 1)).toEqual([]);
    expect(readdirSync(node.data)).toContain('cluster-backup');
    expect(existsSync(path.join(moved, 'cluster-backup'))).toBe(false);
    expect(node.journal.filter(({ event }) => event === 'data-move').length).toBe(2);
  });

  it('recovery.sh on the node that was stopped last brings everything back, run.sh on it nothing', async () => {
    sim = await Sim.create({ nodes: 3 });
    await sim.startAll();
    const tool = await sim.recoveryTool();
    const items = await makeItems(sim.nodes, 30, 'a');
    for (const node of [sim.node(1), sim.node(2), sim.node(0)]) expect(await node.stop()).toBe(143);

    sim.node(0).start('recovery.sh');
    await sim.untilStarted([sim.node(0)]);
    expect(sim.node(0).journal.at(-1)).toMatchObject({ event: 'ready', mode: 'recovery' });
    expect(misplaced(items, await copies(tool, sim.env, [sim.node(0).data]), 1)).toEqual([]);
    for (const node of [sim.node(1), sim.node(2)]) node.start();
    await sim.untilStarted([sim.node(1), sim.node(2)]);
    await sim.untilMembers(sim.nodes, 3);
    const folders = sim.nodes.map((node) => node.data);
    expect(misplaced(items, await copies(tool, sim.env, folders), 2)).toEqual([]);
    const got = await takeQueue(sim.node(2).url, 'a7', (payloads) => payloads.length > 0);
    expect(got).toEqual({ present: true, payloads: ['a7 '] });

    for (const node of [sim.node(1), sim.node(2), sim.node(0)]) await node.stop();
    sim.node(0).start();
    await sim.untilStarted([sim.node(0)]);
    expect((await copies(tool, sim.env, [sim.node(0).data])).size).toBe(0);
    const run = await runTool(tool, sim.env, [sim.node(0).data, path.join(sim.node(0).data, 'cluster-backup')]);
    expect(itemsOfBackup(run.file!).length).toBe(items.size - 1);
  });

  it('follows the list of static discovery in the file while it runs', async () => {
    sim = await Sim.create({ nodes: 3 });
    const [first, second, third] = sim.nodes;
    for (const node of [first!, second!]) sim.configure(node, [first!, second!]);
    sim.configure(third!, [third!]);
    await sim.startAll([first!, second!]);
    third!.start();
    await sim.untilStarted([third!]);
    expect(await third!.members()).toHaveLength(1);
    sim.configure(first!, sim.nodes);
    await sim.untilMembers(sim.nodes, 3);
    await until('the merge is logged by the smaller set', () =>
      third!.log.includes('Finished cluster merge process successfully.'),
    );
    expect(third!.log).toMatch(/Cluster size = 3, members : \[\w{5}, \w{5}, \w{5}\]\./);
  });
});
