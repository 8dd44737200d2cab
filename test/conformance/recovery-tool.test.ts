import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference, type Items, itemsOfBackup, makeItems, runTool } from './support/items.js';
import { Sim } from './support/sim.js';

describe('the recovery tool', () => {
  let sim: Sim;
  let tool: string;
  let items: Items;
  let folders: string[];
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 3 });
    tool = await sim.recoveryTool();
    await sim.startAll();
    items = await makeItems(sim.nodes, 20, 'a');
    for (const node of sim.nodes) node.signal('SIGKILL');
    for (const node of sim.nodes) await node.exitCode;
    folders = sim.nodes.map((node) => node.data);
  });
  afterAll(() => sim.remove());

  it('merges all folders without duplicates, also as several paths after one -i', async () => {
    const run = await runTool(tool, sim.env, folders, ['-t', '2', '-io=key=value']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(path.basename(run.file!)).toMatch(/^\d{8}-\d{6}\.hivemq-\d+\.\d+\.\d+\.backup$/);
    const found = itemsOfBackup(run.file!);
    expect(found).toHaveLength(items.size);
    expect(difference(items, found)).toEqual({ missing: [], unknown: [] });
    expect(run.stdout).toContain('Exported 20 sessions, 20 subscriptions, 20 queued messages, 20 retained messages');
    const joined = await runTool(tool, sim.env, folders.slice(0, 1), ['-i', ...folders.slice(1)]);
    expect(itemsOfBackup(joined.file!)).toHaveLength(items.size);
  });

  it('exports sessions and subscriptions only, when asked', async () => {
    const run = await runTool(tool, sim.env, folders, ['-so', 'true']);
    expect(itemsOfBackup(run.file!).every((item) => item.startsWith('session '))).toBe(true);
    expect(run.stdout).toContain('Exported 20 sessions, 20 subscriptions, 0 queued messages, 0 retained messages');
  });

  it('recovers what it can and says what it could not read', async () => {
    const sessions = path.join(folders[0]!, 'persistence', 'client_session_store');
    writeFileSync(path.join(sessions, readdirSync(sessions)[0]!), '{');
    const missing = path.join(sim.root, 'missing');
    const run = await runTool(tool, sim.env, [...folders, missing]);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`WARN: 1 unreadable entries in ${folders[0]!} were left out.`);
    expect(run.stderr).toContain(`WARN: Could not read data folder ${missing}`);
    expect(difference(items, itemsOfBackup(run.file!))).toEqual({ missing: [], unknown: [] });
  });

  it('fails clearly when nothing is left or the command line is wrong', async () => {
    const empty = path.join(sim.root, 'empty');
    mkdirSync(empty);
    const run = await runTool(tool, sim.env, [empty]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('ERROR: No data folder could be read. Nothing was exported.');
    expect(await runTool(tool, sim.env, [], ['--bogus'])).toMatchObject({ code: 2 });
    expect(await runTool(tool, sim.env, [])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-i') as string,
    });
  });
});
