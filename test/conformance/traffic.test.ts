import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sim, until } from './support/sim.js';
import { Traffic, verdict } from './support/traffic.js';

/** Enough traffic on both sides of an event. */
async function more(traffic: Traffic): Promise<void> {
  const from = traffic.count;
  await until('traffic flows', () => traffic.count > from + 40);
}

describe('messages in flight while the cluster changes', () => {
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 4 });
    await sim.startAll(sim.nodes.slice(0, 3));
  });
  afterAll(() => sim.remove());

  it('the verdict finds what was lost and what came twice', () => {
    const received = new Map([['s', new Map([['s 1', 2]])]]);
    expect(verdict({ acknowledged: new Set(['s 1', 's 2']), received })).toEqual({ lost: ['s 2'], twice: ['s 1'] });
  });

  it('a join loses nothing and repeats nothing', async () => {
    const traffic = await Traffic.start(sim.node(0).url, sim.node(1).url, 8);
    await more(traffic);
    sim.node(3).start();
    await sim.untilMembers(sim.nodes, 4);
    await more(traffic);
    expect(verdict(await traffic.finish(sim.node(3).url))).toEqual({ lost: [], twice: [] });
  });

  it('a leave loses nothing and repeats nothing', async () => {
    const traffic = await Traffic.start(sim.node(1).url, sim.node(2).url, 8);
    await more(traffic);
    expect(await sim.node(0).stop()).toBe(143);
    await more(traffic);
    expect(verdict(await traffic.finish(sim.node(3).url))).toEqual({ lost: [], twice: [] });
    sim.node(0).start();
    await sim.untilMembers(sim.nodes, 4);
  });

  it('a leave of the node that the clients are on loses nothing and repeats nothing', async () => {
    const leaver = sim.node(1);
    const traffic = await Traffic.start(leaver.url, leaver.url, 8, sim.node(2).url);
    await more(traffic);
    expect(await leaver.stop()).toBe(143);
    await more(traffic);
    expect(verdict(await traffic.finish(sim.node(3).url))).toEqual({ lost: [], twice: [] });
    leaver.start();
    await sim.untilMembers(sim.nodes, 4);
  });

  it('a killed node loses nothing and repeats nothing', async () => {
    const traffic = await Traffic.start(sim.node(1).url, sim.node(2).url, 8);
    await more(traffic);
    await sim.node(0).stop('SIGKILL');
    await more(traffic);
    await sim.untilMembers(sim.nodes.slice(1), 3);
    await more(traffic);
    expect(verdict(await traffic.finish(sim.node(3).url))).toEqual({ lost: [], twice: [] });
  });

  it('a node that is frozen for a while loses nothing and repeats nothing', async () => {
    const frozen = sim.node(3);
    const traffic = await Traffic.start(sim.node(1).url, sim.node(2).url, 8);
    await more(traffic);
    frozen.signal('SIGSTOP');
    await sim.untilMembers([sim.node(1), sim.node(2)], 2);
    await more(traffic);
    frozen.signal('SIGCONT');
    // Until then it believes itself in the old member set, and so may whoever asks it.
    await until('the member sets merge', () => frozen.log.includes('Finished cluster merge process successfully.'));
    await sim.untilMembers(sim.nodes.slice(1), 3);
    await more(traffic);
    expect(verdict(await traffic.finish(sim.node(3).url))).toEqual({ lost: [], twice: [] });
  });
});
