import { afterEach, describe, expect, it } from 'vitest';
import { copies, makeItems, misplaced } from './support/items.js';
import { connect } from './support/mqtt.js';
import { Sim, type SimNode, until } from './support/sim.js';

/** What a leaving node handed over, by the hosts' journals. */
function handedOver(nodes: readonly SimNode[]): { items: number; bytes: number } {
  const lines = nodes
    .flatMap((node) => node.journal)
    .filter(({ event, kind }) => event === 'handed-over' && kind === 'leave');
  const sum = (key: 'items' | 'bytes'): number => lines.reduce((total, line) => total + Number(line[key]), 0);
  return { items: sum('items'), bytes: sum('bytes') };
}

describe('a node that is asked to stop', () => {
  let sim: Sim;
  afterEach(() => sim.remove());

  it('stops only after the hand-over, moves more when there is more, and keeps every item twice', async () => {
    sim = await Sim.create({ nodes: 4 });
    await sim.startAll();
    const tool = await sim.recoveryTool();
    const small = await makeItems(sim.nodes, 10, 'small');
    expect(await sim.node(3).stop()).toBe(143);
    const first = handedOver(sim.nodes);
    const rest = sim.nodes.slice(0, 3);
    const folders = rest.map((node) => node.data);
    expect(misplaced(small, await copies(tool, sim.env, folders), 2)).toEqual([]);

    // A client of MQTT 5 learns at the very end that its broker shuts down.
    const guest = await connect(sim.node(2).url);
    const reason = new Promise((resolve) => guest.once('disconnect', (packet) => resolve(packet.reasonCode)));
    const large = await makeItems(rest, 60, 'large', 20_000);
    expect(await sim.node(2).stop()).toBe(143);
    expect(await reason).toBe(0x8b);
    const second = handedOver(sim.nodes);
    expect(second.items - first.items).toBeGreaterThan(first.items);
    expect(second.bytes - first.bytes).toBeGreaterThan(10 * first.bytes);
    const all = new Set([...small, ...large]);
    expect(misplaced(all, await copies(tool, sim.env, folders.slice(0, 2)), 2)).toEqual([]);

    const { log, journal } = sim.node(2);
    const order = [
      'Shutting down HiveMQ. Please wait, this could take a while...',
      'Starting cluster replication process. This may take a while. Please do not shut down HiveMQ.',
      'Finished cluster replication successfully in ',
      'Shutdown completed.',
    ].map((line) => log.indexOf(line));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(log).toMatch(/Finished cluster replication successfully in \d+ms\./);
    expect(journal.map(({ event }) => event).filter((event) => event !== 'handed-over')).toEqual([
      'start',
      'ready',
      'stop-requested',
      'stopped',
    ]);
  });

  it('waits for members that it cannot reach, and leaves when they are back', async () => {
    sim = await Sim.create({ nodes: 2, heartbeat: { interval: 200, timeout: 1000 } });
    await sim.startAll();
    const [stays, leaves] = sim.nodes;
    const items = await makeItems(sim.nodes, 10, 'a');
    leaves!.block('*');
    await sim.untilMembers(sim.nodes, 1);
    leaves!.signal('SIGTERM');
    await until(
      'it says that it still replicates',
      () => leaves!.countLines('Replication is still in progress. Please do not shut down HiveMQ.') > 0,
      leaves,
    );
    expect(leaves!.process?.exitCode).toBeNull();
    const { body } = await leaves!.request('GET', '/api/v1/health/cluster', 'health');
    expect(body).toMatchObject({ details: { 'is-leave-replication-in-progress': true, 'node-state': 'LEAVING' } });
    leaves!.block();
    expect(await leaves!.exitCode).toBe(143);
    await sim.untilMembers([stays!], 1);
    expect(misplaced(items, await copies(await sim.recoveryTool(), sim.env, [stays!.data]), 1)).toEqual([]);
  });

  it('keeps its data and stops at once when it is the last', async () => {
    sim = await Sim.create({ nodes: 2 });
    await sim.startAll();
    const items = await makeItems(sim.nodes, 10, 'a');
    expect(await sim.node(1).stop()).toBe(143);
    expect(await sim.node(0).stop()).toBe(143);
    expect(sim.node(0).log).not.toContain('Starting cluster replication process');
    const tool = await sim.recoveryTool();
    expect(misplaced(items, await copies(tool, sim.env, [sim.node(0).data]), 1)).toEqual([]);
  });

  it('leaves all data on one node when all are stopped at once', async () => {
    sim = await Sim.create({ nodes: 3 });
    await sim.startAll();
    const items = await makeItems(sim.nodes, 20, 'a');
    expect(await Promise.all(sim.nodes.map((node) => node.stop()))).toEqual([143, 143, 143]);
    const tool = await sim.recoveryTool();
    const alone = sim.nodes.filter((node) => !node.log.includes('Finished cluster replication'));
    const found = await Promise.all(
      sim.nodes.map(async (node) => misplaced(items, await copies(tool, sim.env, [node.data]), 1).length === 0),
    );
    expect(found.filter(Boolean).length).toBeGreaterThan(0);
    expect(alone.length).toBeLessThanOrEqual(1);
  });
});
