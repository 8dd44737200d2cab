import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copies, type Items, makeItems, misplaced } from './support/items.js';
import { connect, takeQueue } from './support/mqtt.js';
import { Sim, until } from './support/sim.js';

describe('a cluster whose transport is cut', () => {
  let sim: Sim;
  let tool: string;
  let items: Items;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 4, heartbeat: { interval: 300, timeout: 2500 } });
    tool = await sim.recoveryTool();
    await sim.startAll();
    items = await makeItems(sim.nodes, 24, 'a');
  });
  afterAll(() => sim.remove());

  it('stalls while members are silent, forms two member sets that serve, and merges them', async () => {
    const [a, b, c, d] = sim.nodes;
    const left = [a!, b!];
    const right = [c!, d!];
    const publisher = await connect(a!.url);
    // On a busy machine the four may have been two on their way to four.
    const pairs = a!.countLines('Cluster size = 2');
    for (const node of left) node.block(c!.address, d!.address);
    for (const node of right) node.block(a!.address, b!.address);
    // Longer than the firewall's look at its file, shorter than the heartbeat's timeout: nobody is missed yet.
    await new Promise((resolve) => setTimeout(resolve, 600));
    let acknowledged = false;
    const stalled = publisher.publishAsync('a/a0', 'during the cut', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    expect(await a!.members()).toHaveLength(4);
    expect(acknowledged).toBe(false);

    await sim.untilMembers(sim.nodes, 2);
    await stalled;
    items.add('queued a0: during the cut');
    expect(a!.countLines('Cluster size = 2')).toBe(pairs + 1);
    const other = await connect(d!.url);
    await other.publishAsync('a/a1', 'on the other side', { qos: 1, retain: true });
    items.add('queued a1: on the other side');
    await Promise.all([publisher.endAsync(), other.endAsync()]);

    for (const node of sim.nodes) node.block();
    await sim.untilMembers(sim.nodes, 4);
    await until('one side says that it merged', () =>
      sim.nodes.some((node) => node.log.includes('Finished cluster merge process successfully.')),
    );
    const merged = sim.nodes.filter((node) =>
      node.log.includes('Starting cluster merge process. This may take a while. Please do not shut down HiveMQ.'),
    );
    expect(merged).toHaveLength(2);
    // What was queued on the side that did not hold the session found no subscriber there; all that was acknowledged
    // to a subscriber's replica is there once.
    const found = await copies(
      tool,
      sim.env,
      sim.nodes.map((node) => node.data),
    );
    const wrong = misplaced(items, found, 2).filter((line) => !/during the cut|on the other side/.test(line));
    expect(wrong).toEqual([]);
    const retained = await connect(b!.url);
    const value = new Promise<string>((resolve) =>
      retained.once('message', (_topic, payload) => resolve(payload.toString())),
    );
    await retained.subscribeAsync('a/a1', { qos: 1 });
    expect(await value).toBe('on the other side');
    await retained.endAsync();
    expect((await takeQueue(b!.url, 'a5', (got) => got.length > 0)).payloads).toEqual(['a5 ']);
  });
});
