import { NodeSSH } from 'node-ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finalInventory, takeInventory } from '../../../src/sandbox/demo/inventory.js';
import { type NodeWatch, watchNodes } from '../../../src/sandbox/demo/node-watch.js';
import {
  type BrokerView,
  createBrokerView,
  type Endpoint,
  type Fleet,
  publishRetained,
  queueForOfflineClients,
  resumeOfflineClients,
  startFleet,
} from '../../../src/sandbox/fleet/index.js';
import { readStat } from '../../../src/sandbox/hosts/proc.js';
import { judgeAvailability, judgeDrain, judgeMessages, judgeOutages } from '../../../src/sandbox/oracles/index.js';
import { GATE_PORT } from '../../../src/sandbox/stage/index.js';
import { ports, Sim, type SimNode } from '../../conformance/support/sim.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

const PACE = 5;
const CLIENTS = 24;

describe('a fleet on three brokers behind a gate', () => {
  const stage = useStage({ nodes: [], gates: ['lb1'], recovery: [] });
  let sim: Sim;
  let view: BrokerView;
  let watch: NodeWatch;
  let fleet: Fleet;
  let endpoint: Endpoint;
  let lb1: NodeSSH;

  const nameOf = (node: SimNode): string => `n${sim.nodes.indexOf(node) + 1}`;
  const gate = async (words: string): Promise<void> => {
    const { code, stderr } = await lb1.execCommand(`gate ${words}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  };
  const brokersOf = (node: SimNode) => () => {
    const stat = readStat(node.process?.pid ?? -1);
    return stat ? [{ ...stat, cmdline: '' }] : [];
  };

  beforeAll(async () => {
    const host = stage().host('lb1');
    lb1 = await new NodeSSH().connect({
      ...{ host: host.address, port: host.sshPort, username: host.user, privateKeyPath: host.privateKeyFile },
    });
    sim = await Sim.create({ nodes: 3 });
    await sim.startAll();
    const nodes = sim.nodes.map((node) => ({ name: nameOf(node), address: node.address, node }));
    for (const { name, address } of nodes) await gate(`enable ${name} ${address}:${ports.mqtt}`);
    view = createBrokerView(nodes.map((node) => ({ ...node, restPort: ports.rest, healthPort: ports.health })));
    watch = watchNodes(nodes.map(({ name, address, node }) => ({ name, address, brokers: brokersOf(node) })));
    endpoint = { host: stage().host('lb1').address, port: GATE_PORT };
    fleet = await startFleet({ endpoint, view, clients: CLIENTS });
  });
  afterAll(async () => {
    await fleet.stop();
    watch.stop();
    lb1.dispose();
    await sim.remove();
  });

  const placed = (): number => fleet.log.events().filter(({ kind }) => kind === 'placed').length;

  it('spreads over the nodes, and its own books and the kernel agree about that', async () => {
    await until(() => placed() >= CLIENTS);
    const events = fleet.log.events();
    for (const node of sim.nodes) {
      const own = events.filter((event) => event.kind === 'placed' && event.node === nameOf(node)).length;
      expect(own).toBeGreaterThan(0);
      // The watcher of wills is on one of them too.
      expect(watch.clients(nameOf(node)) - own).toBeOneOf([0, 1]);
    }
  });

  it('is moved off a node without a loss, and the drain is seen', async () => {
    const drained = sim.node(1);
    const from = Date.now();
    await gate('disable n2');
    const clients = fleet.log.events().filter((event) => event.kind === 'placed' && event.node === 'n2');
    for (const event of clients) {
      if (event.kind !== 'placed') continue;
      await sim.node(0).request('DELETE', `/api/v1/mqtt/clients/${event.client}/connection?preventWillMessage=true`);
      await new Promise((resolve) => setTimeout(resolve, 1000 / PACE));
    }
    await sim.node(0).request('DELETE', '/api/v1/mqtt/clients/wills/connection?preventWillMessage=true');
    await until(() => watch.clients('n2') === 0);
    const drain = { node: 'n2', from, to: Date.now() };
    const stopped = drained.stop();
    await stopped;
    const verdict = judgeDrain({ drain, pace: PACE, counts: watch.counts(), events: fleet.log.events() });
    expect(verdict.violations).toEqual([]);
    expect(verdict.clients).toBeGreaterThan(0);
    await until(() => fleet.clients.every(({ connected }) => connected));
  });

  it('loses nothing, and says what the longest outage was', async () => {
    await until(() => judgeMessages({ events: fleet.log.events() }).delivered > 100);
    await fleet.quiesce();
    const events = fleet.log.events();
    expect(judgeMessages({ events })).toMatchObject({ lost: 0, duplicated: 0 });
    const outage = judgeOutages({ events, until: Date.now() });
    expect(outage.ms).toBeGreaterThan(0);
    expect(watch.rate()).toBeGreaterThan(0);
  });

  it('misses one acknowledged message that is thrown away before its receiver sees it', async () => {
    fleet.discardOne();
    fleet.resume();
    const before = judgeMessages({ events: fleet.log.events() }).delivered;
    await until(() => judgeMessages({ events: fleet.log.events() }).delivered > before + CLIENTS);
    await fleet.quiesce();
    expect(judgeMessages({ events: fleet.log.events() })).toMatchObject({ lost: 1 });
  });

  it('has an inventory of what is persistent', async () => {
    const sessions = await queueForOfflineClients(endpoint, { sessions: 12, messagesEach: 3 });
    const retained = await publishRetained(endpoint, 12);
    const possessions = { sessions, retained };
    expect(await takeInventory(possessions, view, endpoint)).toEqual({ sessions: 12, retained: 12, queued: 36 });
    const resumed = await resumeOfflineClients(endpoint, sessions);
    expect(await finalInventory(possessions, resumed, endpoint)).toEqual({
      ...{ sessions: 12, retained: 12, queued: 36, repeated: 0 },
    });
  });

  it('names two nodes that are stopped by hand', async () => {
    const members = ['n1', 'n3'].map((node) => ({ node, from: 0, to: Number.POSITIVE_INFINITY }));
    expect(judgeAvailability({ members, down: watch.down() })).toEqual([]);
    await Promise.all([sim.node(0).stop('SIGKILL'), sim.node(2).stop('SIGKILL')]);
    await until(() => !watch.serves('n1') && !watch.serves('n3'));
    expect(judgeAvailability({ members, down: watch.down() })).toMatchObject([{ rule: 'max-unavailable' }]);
  });
});
