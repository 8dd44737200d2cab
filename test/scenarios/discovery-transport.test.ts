import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEnvironment } from '../../src/activities/steps/manifest/environment-file.js';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { type DnsServer, type S3Server, startDnsServer, startS3Server } from '../../src/sandbox/services/index.js';
import { mustSkip } from '../support/requirements.js';
import { dnsRequirement, s3Requirement } from '../support/service-requirements.js';
import { dnsServerForTest } from '../support/services.js';
import { until } from '../support/until.js';
import { commandLine } from './support/command-line.js';
import { DiscoveryClusters, listedOn, VERSION } from './support/discovery-clusters.js';
import * as of from './support/discovery-world.js';
import { effects, snapshot } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';
import { placesOf, placesWithoutSecrets } from './support/secret-places.js';
import { toldInPlain, toldOverTls } from './support/transport-port.js';

const LONG = { timeout: 180_000 };
const port = of.TRANSPORT_PORT;
const secretsFile = 'conf/hivekeeper-secrets.env';
const propertiesFile = 'extensions/hivemq-s3-cluster-discovery-extension/conf/config.properties';
const versitygw = await s3Requirement();
const dnsmasq = await dnsRequirement();
const missing = [mustSkip(versitygw), mustSkip(dnsmasq)].includes(true);

const combinations = of.discoveries.flatMap((discovery) =>
  of.transports.map((transport): of.Combination => ({ discovery, transport })),
);
const textOn = (host: Host, file: string): string => readFileSync(path.join(host.home, file), 'utf8');
const modeOn = (host: Host, file: string): string => (statSync(path.join(host.home, file)).mode & 0o777).toString(8);

describe.skipIf(missing)('nodes find each other', () => {
  const nodes = [...combinations.flatMap(of.hostNames), 'bare', 'stranger'];
  const scenario = useScenario({ nodes, gates: [], recovery: [] });
  let s3: S3Server;
  let dns: DnsServer;
  let world: of.DiscoveryWorld;
  let clusters: DiscoveryClusters;

  beforeAll(async () => {
    s3 = await startS3Server({ program: versitygw.program, ...of.keys });
    dns = await startDnsServer({ program: dnsmasq.program });
    world = new of.DiscoveryWorld(scenario(), s3, dns);
    clusters = new DiscoveryClusters(world, dns);
    await world.prepare();
    for (const one of combinations) if (one.discovery === 's3') await s3.makeBucket(of.bucketOf(one));
  }, LONG.timeout);
  afterAll(async () => {
    await Promise.all([s3.stop(), dns.stop()]);
  });

  describe('only where there is something to find them with', () => {
    const bare = { hosts: ['bare'], nodes: 1, name: 'nowhere' };

    async function expectRefused(spec: unknown, text: string): Promise<void> {
      const host = scenario().stage.host('bare');
      const before = await snapshot([host]);
      expectFailure(await clusters.run('deployCluster', 'nowhere', { spec }), 'CheckFailed', text);
      expect(await snapshot([host])).toEqual(before);
      // Not even a record of it.
      expectFailure(await clusters.run('checkCluster', 'nowhere'), 'UnknownCluster', 'nowhere');
    }

    test('a deploy without the bucket is refused, and nothing is touched', LONG, async () => {
      const one: of.Combination = { discovery: 's3', transport: 'tcp' };
      const discovery = { ...world.discovery(one), bucketName: 'bucket-of-nobody' };
      await expectRefused(await world.spec(one, { ...bare, discovery }), 'check bucket fails');
    });

    test('a deploy without the DNS server is refused, and nothing is touched', LONG, async () => {
      const gone = await dnsServerForTest();
      await gone.stop();
      const elsewhere = new of.DiscoveryWorld(scenario(), s3, gone);
      const spec = await elsewhere.spec({ discovery: 'dns', transport: 'tcp' }, bare);
      await expectRefused(spec, 'check discovery-name fails');
    });
  });

  type Act = (one: of.Combination, hosts: readonly Host[]) => Promise<void> | void;
  /** Does the same with the clusters of a discovery over TCP and over TLS, side by side. */
  const both = (discovery: of.Discovery) => async (act: Act) => {
    const pair = of.transports.map((transport) => ({ discovery, transport }));
    await Promise.all(pair.map(async (one) => act(one, world.hosts(one))));
  };

  /** @param whileThree declares what else is tried while there are three nodes */
  function tryDiscovery(discovery: of.Discovery, whileThree: () => void = () => undefined): void {
    const each = both(discovery);

    // Room for the next ones.
    afterAll(() =>
      each(async (_, hosts) => {
        for (const host of hosts) await host.kill9('broker');
      }),
    );

    test('two nodes form a cluster, over TCP and over TLS', LONG, async () => {
      await clusters.pointTo((one) => world.hosts(one).slice(0, 2));
      await each(async (one, hosts) => {
        await clusters.complete('deployCluster', one, { spec: await world.spec(one) });
        await clusters.expectTogether(hosts.slice(0, 2));
        if (discovery === 's3') clusters.expectAnnounced(one, hosts.slice(0, 2));
      });
    });

    test('a third one joins, and only a static list is written anew', LONG, async () => {
      // The record of a node may come before it joins or after.
      await clusters.pointTo((one) => world.hosts(one).slice(0, one.transport === 'tcp' ? 3 : 2));
      await each(async (one, hosts) => {
        const since = Date.now();
        const old = hosts.slice(0, 2);
        const before = await snapshot(old, { brokersRun: true });
        const { steps } = await clusters.complete('scaleCluster', one, { nodes: 3 });
        await clusters.expectTogether(hosts);
        expect(effects(hosts, since)).toEqual({ [of.hostNames(one)[2] ?? '']: { start: 1 } });
        const told = steps.filter(({ id }) => id.includes('/updateMembers'));
        if (discovery === 'static') {
          expect(told).toHaveLength(2);
          for (const host of hosts) expect(listedOn(host, hosts)).toEqual(of.hostNames(one));
        } else {
          expect(told).toEqual([]);
          expect(await snapshot(old, { brokersRun: true })).toEqual(before);
        }
        if (discovery === 's3') clusters.expectAnnounced(one, hosts);
      });
      await clusters.pointTo((one) => world.hosts(one));
    });

    test('what nodes tell each other is in plain over TCP, and only for themselves over TLS', LONG, async () => {
      await each(async ({ transport }, hosts) => {
        const issuers = new Set<string>();
        for (const { address: host } of hosts) {
          if (transport === 'tcp') {
            expect(await toldInPlain({ host, port })).toBe(3);
            continue;
          }
          expect(await toldInPlain({ host, port })).toBe('closed');
          const { certificate, protocol, told } = await toldOverTls({ host, port });
          expect(told).toBe('closed');
          expect(protocol).toMatch(/^TLSv1\.[23]$/);
          issuers.add(JSON.stringify(certificate.issuer));
          const { fingerprint256 } = new X509Certificate(world.pair('member').certificate);
          if (discovery === 'dns') expect(certificate.fingerprint256).toBe(fingerprint256);
          else expect(certificate.subjectaltname).toContain(`IP Address:${host}`);
        }
        expect(issuers.size).toBe(transport === 'tls' ? 1 : 0);
      });
    });

    whileThree();

    test('one leaves, and is gone everywhere', LONG, async () => {
      await each(async (one, hosts) => {
        const [leaver, ...rest] = hosts;
        if (leaver === undefined) throw new Error('A cluster without nodes.');
        const since = Date.now();
        await clusters.complete('decommissionNode', one, { node: leaver.name });
        expect(effects(hosts, since)).toEqual({ [leaver.name]: { 'stop-requested': 1, stopped: 1 } });
        expect(leaver.brokers()).toEqual([]);
        await clusters.expectTogether(rest);
        for (const host of rest) expect(listedOn(host, [leaver])).toEqual([]);
        if (discovery === 's3') clusters.expectAnnounced(one, rest);
      });
    });
  }

  describe('through a static list', () => tryDiscovery('static'));

  describe('through S3', () => {
    const each = both('s3');
    tryDiscovery('s3', () => {
      test('keys lie where their type wants them, for nobody else to read', async () => {
        await each(({ transport }, hosts) => {
          const { secretAccessKey } = of.keys;
          const inFile = transport === 'tls';
          for (const host of hosts) {
            const environ = host.brokers().map(({ pid }) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
            const kept = readEnvironment(textOn(host, secretsFile)).get('AWS_SECRET_ACCESS_KEY');
            expect(textOn(host, propertiesFile).includes(secretAccessKey)).toBe(inFile);
            expect(kept).toBe(inFile ? undefined : secretAccessKey);
            expect(environ.map((text) => text.includes(secretAccessKey))).toEqual([!inFile]);
            expect(modeOn(host, secretsFile)).toBe('600');
            if (inFile) expect(modeOn(host, propertiesFile)).toBe('600');
          }
        });
      });

      test('a crashed node stays announced until it is started anew', LONG, async () => {
        await each(async (one, hosts) => {
          const crashed = scenario().stage.host(of.hostNames(one)[2] ?? '');
          const place = `${crashed.address}:${port}`;
          const before = world.announced(one);
          const stale = [...before.keys()].filter((key) => before.get(key) === place);
          expect(stale).toHaveLength(1);
          await crashed.kill9('broker');
          expect(world.announced(one)).toEqual(before);
          for (const command of ['check', 'status']) {
            const { stdout } = await commandLine(scenario()).type(command, of.clusterOf(one));
            expect(stdout).toContain(`the bucket announces ${place}, where no member runs`);
          }
          await clusters.complete('deployCluster', one, { spec: await world.spec(one, { nodes: 3 }) });
          await clusters.expectTogether(hosts);
          clusters.expectAnnounced(one, hosts);
          for (const key of stale) expect([...world.announced(one).keys()]).not.toContain(key);
          const { checks } = await clusters.complete('checkCluster', one);
          expect(checks.find(({ check }) => check === 'announcements')?.status).toBe('holds');
        });
      });
    });
  });

  describe('through DNS', () => {
    tryDiscovery('dns', () => {
      test('a node with a foreign certificate is found, and not let in', LONG, async () => {
        const one: of.Combination = { discovery: 'dns', transport: 'tls' };
        const [members, stranger] = [world.hosts(one), scenario().stage.host('stranger')];
        await clusters.pointTo((other) => [...world.hosts(other), ...(other.transport === 'tls' ? [stranger] : [])]);
        onTestFinished(async () => {
          await stranger.kill9('broker');
        });
        // It asks for the same name, and trusts the members: it is their trust that it lacks.
        const transport = { bindPort: port, tls: world.ownFiles('stranger', 'member') };
        const spec = await world.spec(one, { hosts: ['stranger'], nodes: 1, name: 'stranger', transport });
        expect((await clusters.run('deployCluster', 'stranger', { spec })).failure).toBeUndefined();
        const refusal = `TLS connection to cluster node at address ${stranger.address} and port ${port} failed: DEPTH_ZERO_SELF_SIGNED_CERT`;
        await until(() => members.every((host) => textOn(host, 'log/hivemq.log').includes(refusal)), 60_000);
        await clusters.expectTogether(members);
        await clusters.expectTogether([stranger]);
      });
    });
  });

  test('no secret is in a history, a log, a configuration, node.json or a list of processes', LONG, async () => {
    const hosts = combinations.flatMap((one) => world.hosts(one));
    const records = combinations.map((one) => `cluster/${of.clusterOf(one)}`);
    const places = await placesWithoutSecrets(scenario(), [...clusters.workflows, ...records], hosts);
    const without = ['static-tcp', 'dns-tcp'];
    const variables = hosts
      .filter(({ name }) => !without.some((cluster) => name.startsWith(cluster)))
      .flatMap((host) => [...readEnvironment(textOn(host, secretsFile)).values()]);
    const privateKey = world
      .pair('member')
      .privateKey.split('\n')
      .filter((line) => line.length === 64);
    const secrets = new Set([...Object.values(of.keys), ...variables, ...privateKey]);
    // Passwords of each of the clusters with TLS, besides the keys of the bucket.
    expect(secrets.size).toBeGreaterThan(5);
    for (const secret of secrets) expect(placesOf(secret, places)).toEqual([]);
    // The eye that finds nothing does see what is there.
    expect(placesOf(VERSION, places).length).toBeGreaterThan(records.length);
  });
});
