import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDnsConfig } from '../../../src/sandbox/broker/discovery/dns/config.js';
import { Sim, type SimNode, until } from '../../conformance/support/sim.js';
import { mustSkip } from '../../support/requirements.js';
import { dnsRequirement } from '../../support/service-requirements.js';
import { DnsServer } from './support/dns.js';

const id = 'hivemq-dns-cluster-discovery';
const name = 'HiveMQ DNS Cluster Discovery Extension';
const quick = { HIVEMQ_SIM_DISCOVERY_RELOAD: '300' };

const requirement = await dnsRequirement();
const skip = mustSkip(requirement);
const title = skip ? ` (${requirement.missing ?? ''} ${requirement.install})` : '';

describe.skipIf(skip)(`discovery through DNS${title}`, () => {
  let dns: DnsServer;
  let sim: Sim;
  beforeEach(async () => {
    sim = await Sim.create({ nodes: 3 });
    for (const node of sim.nodes) sim.configure(node, [], '', { discovery: '<extension/>' });
    dns = await DnsServer.start(sim.nodes.slice(0, 2).map(({ address }) => address));
  });
  afterEach(async () => {
    await sim.remove();
    await dns.stop();
  });
  const lines = (): string[] => [`discoveryAddress=${DnsServer.record}`, `dnsServerAddress=${dns.address}`];
  const start = async (nodes: readonly SimNode[], env: Record<string, string> = {}): Promise<void> => {
    for (const node of nodes) node.start('run.sh', { ...quick, ...env });
    await sim.untilStarted(nodes);
  };

  it('nodes find each other by one name, also those that the name gains later', async () => {
    for (const node of sim.nodes) await node.install(id, lines());
    await start(sim.nodes.slice(0, 2));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    // The name is not told of the third, which finds the others nevertheless.
    await start(sim.nodes.slice(2));
    await sim.untilMembers(sim.nodes, 3);
    expect(await sim.node(2).stop()).toBe(143);
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
  });

  it('a name that changes is asked for again', async () => {
    for (const node of sim.nodes.slice(0, 2)) await node.install(id, lines());
    await dns.set([sim.node(0).address]);
    await start([sim.node(0)]);
    await sim.untilMembers([sim.node(0)], 1);
    // The second node does not ask by itself: it is found by the first alone.
    sim.configure(sim.node(1), [], '', { discovery: '<static/>' });
    await start([sim.node(1)]);
    await sim.untilMembers(sim.nodes.slice(0, 2), 1);
    await dns.set(sim.nodes.slice(0, 2).map(({ address }) => address));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
  });

  it('the environment wins over the file, and the old place of the file over the new one', async () => {
    const [first, second] = [sim.node(0), sim.node(1)];
    await first.install(id, ['discoveryAddress=wrong.stage.test', 'dnsServerAddress=127.0.0.1:1']);
    const folder = await second.install(id, ['discoveryAddress=wrong.stage.test']);
    writeFileSync(path.join(folder, 'dnsdiscovery.properties'), lines().join('\n'));
    await start([second]);
    await start([first], {
      HIVEMQ_DNS_DISCOVERY_ADDRESS: DnsServer.record,
      HIVEMQ_DNS_SERVER_ADDRESS: dns.address,
    });
    await sim.untilMembers([first, second], 2);
    expect(second.log).toContain('is placed at the legacy location.');
    expect(first.log).not.toContain('is placed at the legacy location.');
  });

  it.each([
    ['an unknown name', 'discoveryAddress=unknown.stage.test', "Failed to resolve DNS record for address 'unknown"],
    ['no name', 'discoveryAddress=', 'Discovery address not set, skipping DNS query.'],
    ['no server', 'dnsServerAddress=127.0.0.1:1', `Failed to resolve DNS record for address '${DnsServer.record}'`],
  ])('%s is told of, and leaves the node alone', async (_what, line, words) => {
    const nodes = sim.nodes.slice(0, 2);
    for (const node of nodes) await node.install(id, [...lines(), line]);
    await start(nodes);
    for (const node of nodes) await until('the problem is told', () => node.log.includes(`- ${name}: ${words}`), node);
    await sim.untilMembers(nodes, 1);
  });
});

describe('the configuration of DNS discovery', () => {
  const read = (properties: Record<string, string>, env: NodeJS.ProcessEnv = {}) => {
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    return { config: readDnsConfig(new Map(Object.entries(properties)), env, { error: say, warn: say }), said };
  };

  it('has the documented defaults', () => {
    expect(read({ discoveryAddress: 'a' })).toEqual({
      config: { discoveryAddress: 'a', server: undefined, resolutionTimeout: 30, reloadInterval: 30 },
      said: [],
    });
  });

  it('reads host and port of the server, and seconds from both places', () => {
    const properties = {
      discoveryAddress: 'a',
      dnsServerAddress: '127.0.0.1',
      resolutionTimeout: '5',
      reloadInterval: '7',
    };
    const env = { HIVEMQ_DNS_DISCOVERY_TIMEOUT: '3', HIVEMQ_DNS_RELOAD_INTERVAL: 'x' };
    expect(read(properties, env)).toEqual({
      config: {
        discoveryAddress: 'a',
        server: { host: '127.0.0.1', port: 53 },
        resolutionTimeout: 3,
        reloadInterval: 7,
      },
      said: [
        "Reload interval from env HIVEMQ_DNS_RELOAD_INTERVAL could not be parsed to int. Fallback to configuration value 'reloadInterval'.",
      ],
    });
    expect(read({ discoveryAddress: 'a', dnsServerAddress: 'h:99' }).config.server).toEqual({ host: 'h', port: 99 });
  });
});
