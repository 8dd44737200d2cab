import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDataFolder } from '../../src/sandbox/wire/folder.js';
import { connect, makeSession } from './support/mqtt.js';
import { Sim } from './support/sim.js';

describe('four nodes, replica count 2', () => {
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 4 });
    await sim.startAll();
  });
  afterAll(() => sim.remove());

  it('keeps each session in exactly two data folders', async () => {
    for (let i = 0; i < 40; i += 1) await makeSession(sim.node(i % 4).url, `c${i}`, `t/${i}`);
    const publisher = await connect(sim.node(0).url);
    for (let i = 0; i < 40; i += 1) await publisher.publishAsync(`t/${i}`, `m${i}`, { qos: 1, retain: true });
    await publisher.endAsync();
    const lists = sim.nodes.map((node) => listDataFolder(node.data));
    const all = lists.flatMap((l) => l.sessions);
    expect(all.length).toBe(80);
    expect(new Set(all).size).toBe(40);
    expect(lists.flatMap((l) => l.queued).length).toBe(80);
    expect(lists.flatMap((l) => l.retained).length).toBe(80);
  });
});
