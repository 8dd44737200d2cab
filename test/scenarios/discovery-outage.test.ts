import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { type DnsServer, type S3Server, startDnsServer, startS3Server } from '../../src/sandbox/services/index.js';
import { mustSkip } from '../support/requirements.js';
import { dnsRequirement, s3Requirement } from '../support/service-requirements.js';
import { until } from '../support/until.js';
import { commandLine } from './support/command-line.js';
import { DiscoveryClusters } from './support/discovery-clusters.js';
import { bucketOf, clusterOf, type Combination, DiscoveryWorld, hostNames, keys } from './support/discovery-world.js';
import { effects } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const LONG = { timeout: 180_000 };
const versitygw = await s3Requirement();
const dnsmasq = await dnsRequirement();
const missing = [mustSkip(versitygw), mustSkip(dnsmasq)].includes(true);

/** What finds the nodes, and the check that says so when it is gone. */
const tried = [
  { one: { discovery: 's3', transport: 'tcp' }, check: 'bucket' },
  { one: { discovery: 'dns', transport: 'tcp' }, check: 'discovery-name' },
] as const satisfies { one: Combination; check: string }[];

describe.skipIf(missing)('while that is gone by which nodes find each other', () => {
  const scenario = useScenario({ nodes: tried.flatMap(({ one }) => hostNames(one)), gates: [], recovery: [] });
  let s3: S3Server;
  let dns: DnsServer;
  let world: DiscoveryWorld;
  let clusters: DiscoveryClusters;

  const deploy = async (one: Combination): Promise<void> => {
    // What a node found is told at DEBUG.
    const spec = await world.spec(one, { nodes: 3, top: { logLevel: 'DEBUG' } });
    await clusters.complete('deployCluster', one, { spec });
  };
  const each = async (act: (one: Combination, check: string) => Promise<void>): Promise<void> => {
    await Promise.all(tried.map(({ one, check }) => act(one, check)));
  };

  beforeAll(async () => {
    s3 = await startS3Server({ program: versitygw.program, ...keys });
    dns = await startDnsServer({ program: dnsmasq.program });
    world = new DiscoveryWorld(scenario(), s3, dns);
    clusters = new DiscoveryClusters(world, dns);
    await world.prepare();
    await s3.makeBucket(bucketOf(tried[0].one));
    await clusters.pointTo((one) => (one.transport === 'tcp' ? world.hosts(one) : []));
    await each(async (one) => {
      await deploy(one);
    });
    // A node that read the bucket before another announced itself would not dial that one once the bucket is gone.
    const hosts = world.hosts(tried[0].one);
    await until(() => hosts.every((host) => hosts.every(({ address }) => lastFound(host).includes(`${address}:`))));
    await Promise.all([s3.stop(), dns.stop()]);
  }, LONG.timeout);
  afterAll(async () => {
    await Promise.all([s3.stop(), dns.stop()]);
  });

  test('a check says so', LONG, async () => {
    await each(async (one, check) => {
      const { stdout } = await commandLine(scenario()).type('check', clusterOf(one));
      expect(stdout).toContain(`✘ ${check}: `);
    });
  });

  test('no node is stopped that would find nobody at its start', LONG, async () => {
    await each(async (one, check) => {
      const since = Date.now();
      const [node] = hostNames(one);
      for (const type of ['restartNode', 'rollingRestart', 'rollingUpgrade'] as const) {
        const more = type === 'rollingUpgrade' ? { version: '4.31.0' } : { reason: 'as asked for' };
        const end = await clusters.run(type, clusterOf(one), { ...more, ...(type === 'restartNode' && { node }) });
        expectFailure(end, 'CheckFailed', `check ${check} fails`);
      }
      expect(effects(world.hosts(one), since)).toEqual({});
    });
  });

  test('what starts no node is done', LONG, async () => {
    await each(async (one) => {
      await deploy(one);
      const [, , crashed] = world.hosts(one);
      await crashed?.kill9('broker');
      await clusters.complete('decommissionNode', one, { node: crashed?.name });
      await clusters.expectTogether(world.hosts(one).slice(0, 2));
    });
  });

  test('somebody who knows better may have a node restarted', LONG, async () => {
    await each(async (one, check) => {
      const [node] = hostNames(one);
      const overrideChecks = [{ check, reason: 'the others find it' }];
      await clusters.complete('restartNode', one, { node, reason: 'as asked for', overrideChecks });
      await clusters.expectTogether(world.hosts(one).slice(0, 2));
    });
  });
});

/** The line in which the node's S3 extension last told whom it found; empty as long as it did not. */
function lastFound(host: Host): string {
  const log = readFileSync(path.join(host.home, 'log/hivemq.log'), 'utf8');
  return log.split('\n').findLast((line) => line.includes('Found following node addresses')) ?? '';
}
