import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DnsServer, startDnsServer } from '../../src/sandbox/services/index.js';
import { mustSkip } from '../support/requirements.js';
import { dnsRequirement } from '../support/service-requirements.js';
import { extension, sent, sizes } from './support/discovery.js';
import { useScenario } from './support/scenario.js';

const LONG = 180_000;
const dnsmasq = await dnsRequirement();
const dnsId = 'hivemq-dns-cluster-discovery';

describe.skipIf(mustSkip(dnsmasq))('a cluster that finds itself through DNS', () => {
  const scenario = useScenario();
  let server: DnsServer;

  const addressOf = (name: string): string => scenario().stage.host(name).address;
  const spec = async () =>
    sent(
      scenario(),
      {
        cluster: {
          transport: { bindPort: 7800 },
          discovery: {
            type: 'dns',
            discoveryAddress: 'nodes.stage.test',
            resolutionTimeout: '1s',
            reloadInterval: '1s',
            dnsServerAddress: `${server.address}:${server.port}`,
          },
        },
        // Chosen by Hivekeeper, and kept.
        listeners: [{ type: 'tcp', port: 0, bindAddress: 'host' }],
        extensions: [await extension(scenario(), dnsId)],
      },
      'names',
    );
  const portOf = (name: string): string | undefined =>
    /<tcp-listener>\s*<port>(\d+)</.exec(
      readFileSync(path.join(scenario().stage.host(name).home, 'conf/config.xml'), 'utf8'),
    )?.[1];

  beforeAll(async () => {
    server = await startDnsServer({ program: dnsmasq.program, address: '127.0.0.1' });
  }, LONG);
  afterAll(() => server.stop());

  test(
    'is refused while the name leads nowhere',
    async () => {
      const { failure } = await scenario().run('deployCluster', { cluster: 'names', spec: await spec() });
      expect(failure?.message).toMatch(/check discovery-name fails: nodes\.stage\.test has no address/);
    },
    LONG,
  );

  test(
    'forms once it leads to the nodes, at a port that was chosen',
    async () => {
      await server.setRecords({ 'nodes.stage.test': ['n1', 'n2', 'n3'].map(addressOf) });
      await scenario().complete('deployCluster', { cluster: 'names', spec: await spec() });
      expect(await sizes(scenario(), ['n1', 'n2', 'n3'])).toEqual([3, 3, 3]);
      const chosen = portOf('n1');
      expect(Number(chosen)).toBeGreaterThanOrEqual(20_000);
      expect([portOf('n2'), portOf('n3')]).toEqual([chosen, chosen]);
    },
    LONG,
  );

  test(
    'the same file again chooses the same port and restarts nothing',
    async () => {
      const before = [portOf('n1'), scenario().stage.host('n1').journal().length];
      await scenario().complete('deployCluster', { cluster: 'names', spec: await spec() });
      expect([portOf('n1'), scenario().stage.host('n1').journal().length]).toEqual(before);
    },
    LONG,
  );

  test(
    'a node joins once its record is there, and leaves again',
    async () => {
      await server.setRecords({ 'nodes.stage.test': ['n1', 'n2', 'n3', 'n4'].map(addressOf) });
      await scenario().complete('scaleCluster', { cluster: 'names', nodes: 4 });
      expect(await sizes(scenario(), ['n1', 'n2', 'n3', 'n4'])).toEqual([4, 4, 4, 4]);
      await scenario().complete('decommissionNode', { cluster: 'names', node: 'n1' });
      expect(await sizes(scenario(), ['n2', 'n3', 'n4'])).toEqual([3, 3, 3]);
    },
    LONG,
  );
});
