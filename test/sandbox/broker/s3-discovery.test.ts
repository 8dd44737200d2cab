import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readNodeFile, writeNodeFile } from '../../../src/sandbox/broker/discovery/s3/node-file.js';
import { ports, Sim, type SimNode, until } from '../../conformance/support/sim.js';
import { mustSkip } from '../../support/requirements.js';
import { s3Requirement } from '../../support/service-requirements.js';
import { S3Server } from './support/s3.js';

const id = 'hivemq-s3-cluster-discovery-extension';
const name = 'HiveMQ S3 Cluster Discovery Extension';
const prefix = 'test/nodes/';
const extension = { discovery: '<extension/>' };
const quick = { HIVEMQ_SIM_DISCOVERY_RELOAD: '300' };

const requirement = await s3Requirement();
const skip = mustSkip(requirement);
const title = skip ? ` (${requirement.missing ?? ''} ${requirement.install})` : '';

describe.skipIf(skip)(`discovery through S3${title}`, () => {
  let s3: S3Server;
  let sim: Sim;
  beforeAll(async () => {
    s3 = await S3Server.start();
  });
  afterAll(() => s3.stop());
  beforeEach(async () => {
    sim = await Sim.create({ nodes: 3 });
    for (const node of sim.nodes) sim.configure(node, [], '', extension);
  });
  afterEach(async () => {
    await sim.remove();
    for (const key of await s3.keys()) await s3.remove(key);
  });

  const keys = (type = 'access_key'): string[] => [
    `credentials-type=${type}`,
    ...(type === 'access_key'
      ? [
          `credentials-access-key-id=${S3Server.accessKeyId}`,
          `credentials-secret-access-key=${S3Server.secretAccessKey}`,
        ]
      : []),
    's3-bucket-region=us-east-1',
    `s3-bucket-name=${S3Server.bucket}`,
    `file-prefix=${prefix}`,
    `s3-endpoint=${s3.endpoint}`,
    's3-endpoint-region=us-east-1',
    's3-path-style-access=true',
  ];
  const times = (expiration: number, update: number): string[] => [
    `file-expiration=${expiration}`,
    `update-interval=${update}`,
  ];
  const start = async (nodes: readonly SimNode[], env: Record<string, string> = {}): Promise<void> => {
    for (const node of nodes) node.start('run.sh', { ...quick, ...env });
    await sim.untilStarted(nodes);
  };

  it('nodes find each other, announce themselves, and take that back when they leave', async () => {
    for (const node of sim.nodes) await node.install(id, [...keys(), ...times(360, 180)]);
    await start(sim.nodes.slice(0, 2));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    await start(sim.nodes.slice(2));
    await sim.untilMembers(sim.nodes, 3);
    const members = await sim.node(0).members();
    expect((await s3.keys()).sort()).toEqual(members.map((member) => `${prefix}${member}`).sort());
    const files = await Promise.all((await s3.keys()).map(async (key) => readNodeFile(await s3.get(key))));
    expect(files.map((file) => file?.address.host).sort()).toEqual(sim.nodes.map(({ address }) => address).sort());
    expect(files.every((file) => file?.address.port === ports.cluster)).toBe(true);
    expect(await sim.node(2).stop()).toBe(143);
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    expect(await s3.keys()).toHaveLength(2);
  });

  it('the object of a crashed node stays until it expires, then a reader removes it', async () => {
    for (const node of sim.nodes.slice(0, 2)) await node.install(id, [...keys(), ...times(2, 1)]);
    await start(sim.nodes.slice(0, 2));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    const crashed = (await sim.node(1).members()).length;
    expect(crashed).toBe(2);
    await sim.node(1).stop('SIGKILL');
    expect(await s3.keys()).toHaveLength(2);
    await until('the object is removed', async () => (await s3.keys()).length === 1);
    const survivor = (await sim.node(0).members())[0] ?? '';
    // The survivor writes its own anew in time: it does not expire.
    const first = readNodeFile(await s3.get(`${prefix}${survivor}`))?.createdAt ?? 0;
    await until('the own object is written again', async () => {
      return (readNodeFile(await s3.get(`${prefix}${survivor}`))?.createdAt ?? 0) > first;
    });
  });

  it('what is no object of a node is passed over', async () => {
    await s3.put(`${prefix}junk`, 'no base64 of ours');
    await s3.put(`${prefix}old`, Buffer.from('3||||1||||x||||127.0.0.1||||1').toString('base64'));
    const foreign = { createdAt: Date.now(), clusterId: 'other', address: { host: '127.0.0.1', port: 1 } };
    await s3.put('elsewhere/other', writeNodeFile(foreign));
    for (const node of sim.nodes.slice(0, 2)) await node.install(id, [...keys(), ...times(0, 0)]);
    await start(sim.nodes.slice(0, 2));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    expect(await s3.keys()).toHaveLength(5);
  });

  it('without the extension, or with one that is disabled, a node stays alone', async () => {
    await sim.node(0).install(id, [...keys(), ...times(0, 0)]);
    const folder = await sim.node(1).install(id, [...keys(), ...times(0, 0)]);
    writeFileSync(path.join(folder, 'DISABLED'), '');
    await start(sim.nodes);
    await sim.untilMembers(sim.nodes, 1);
    expect(await s3.keys()).toHaveLength(1);
    rmSync(path.join(folder, 'DISABLED'));
    await sim.untilMembers(sim.nodes.slice(0, 2), 2);
    writeFileSync(path.join(folder, 'DISABLED'), '');
    await until('the announcement is taken back', async () => (await s3.keys()).length === 1);
    expect(await sim.node(2).members()).toHaveLength(1);
  });

  it('the old place of the configuration wins, with a warning', async () => {
    const node = sim.node(0);
    const folder = await node.install(id, ['s3-bucket-name=']);
    writeFileSync(path.join(folder, 's3discovery.properties'), [...keys(), ...times(0, 0)].join('\n'));
    await start([node]);
    await until('the node is announced', async () => (await s3.keys()).length === 1);
    expect(node.log).toContain(
      `WARN  - ${name}: The configuration file '${path.join(folder, 's3discovery.properties')}' is placed at the legacy location.`,
    );
  });

  it.each([
    ['s3-bucket-name=', 'Bucket name is empty!'],
    ['s3-bucket-region=eu-nowhere-1', 'Given bucket region is not a valid region!'],
    ['credentials-type=ACCESS_KEY', 'Given authentication type is not valid!'],
    ['credentials-secret-access-key=', 'Access key secret is empty!'],
    ['file-expiration=180', 'File update interval is the same as the expiration interval!'],
    ['update-interval=6m', 'File update interval is not set!'],
  ])('a broken configuration (%s) is noticed, and a mended one is taken up', async (line, problem) => {
    const node = sim.node(0);
    const good = [...keys(), ...times(360, 180)];
    const folder = await node.install(id, [...good, line]);
    await start([node]);
    await until('the problem is told', () => node.log.includes(`ERROR - ${name}: ${problem}`), node);
    expect(node.log).toContain("Configuration couldn't be loaded. Skipping initial discovery.");
    expect(await s3.keys()).toEqual([]);
    writeFileSync(path.join(folder, 'conf', 'config.properties'), good.join('\n'));
    await until('the node is announced', async () => (await s3.keys()).length === 1);
  });

  it.each([
    ['s3-bucket-name=nowhere', "Configured bucket 'nowhere' doesn't exist. Skipping initial discovery."],
    [
      'credentials-secret-access-key=wrong',
      `No permission for configured bucket '${S3Server.bucket}'. Please check your credentials and AWS security settings. Skipping initial discovery.`,
    ],
    ['s3-endpoint=http://127.0.0.1:1', 'Initialization of the S3 discovery callback failed.'],
    ['s3-endpoint-region=', "Configuration couldn't be loaded. Skipping initial discovery."],
  ])('a bucket that cannot be used (%s) is told of', async (line, words) => {
    const node = sim.node(0);
    await node.install(id, [...keys(), ...times(0, 0), line]);
    await start([node]);
    await until('the problem is told', () => node.log.includes(`ERROR - ${name}: ${words}`), node);
    expect(await node.members()).toHaveLength(1);
  });

  describe('credentials', () => {
    let metadata: Server | undefined;
    afterEach(() => metadata?.close());

    /** A metadata service of a virtual machine. */
    const serveMetadata = async (): Promise<string> => {
      const server = createServer((request, response) => {
        const role = { AccessKeyId: S3Server.accessKeyId, SecretAccessKey: S3Server.secretAccessKey };
        if (request.method === 'PUT' && request.url === '/latest/api/token') response.end('token');
        else if (request.headers['x-aws-ec2-metadata-token'] !== 'token') response.writeHead(401).end();
        else if (request.url === '/latest/meta-data/iam/security-credentials/') response.end('role');
        else if (request.url === '/latest/meta-data/iam/security-credentials/role') response.end(JSON.stringify(role));
        else response.writeHead(404).end();
      });
      metadata = server;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return typeof address === 'object' ? `http://127.0.0.1:${address?.port ?? 0}` : '';
    };
    const pair = { AWS_ACCESS_KEY_ID: S3Server.accessKeyId, AWS_SECRET_ACCESS_KEY: S3Server.secretAccessKey };
    const options = [`-Daws.accessKeyId=${S3Server.accessKeyId}`, `-Daws.secretAccessKey=${S3Server.secretAccessKey}`];
    const cases: [string, string, (node: SimNode) => Promise<Record<string, string>> | Record<string, string>][] = [
      ['environment_variables', 'the environment', () => pair],
      ['java_system_properties', 'the command line', () => ({ JAVA_OPTS: options.join(' ') })],
      [
        'java_system_properties',
        'an options file',
        (node) => {
          const file = path.join(node.root, 'java-options');
          writeFileSync(file, options.join('\n'));
          return { JAVA_OPTS: `@${file}` };
        },
      ],
      [
        'user_credentials_file',
        "the user's home",
        (node) => {
          mkdirSync(path.join(node.root, '.aws'));
          const lines = Object.entries(pair).map(([key, value]) => `${key.toLowerCase()} = ${value}`);
          writeFileSync(path.join(node.root, '.aws', 'credentials'), ['[default]', ...lines].join('\n'));
          return { HOME: node.root };
        },
      ],
      [
        'instance_profile_credentials',
        'the metadata service',
        async () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: await serveMetadata() }),
      ],
      ['default', 'the environment', () => pair],
      ['access_key', 'the configuration', () => ({})],
    ];

    it.each(cases)('%s come from %s', async (type, _where, prepare) => {
      const node = sim.node(0);
      await node.install(id, [...keys(type), ...times(0, 0)]);
      await start([node], { HOME: path.join(node.root, 'nobody'), ...(await prepare(node)) });
      expect(await s3.keys()).toHaveLength(1);
    });

    it.each(cases.slice(0, 6))('%s are missed when %s has none', async (type) => {
      const node = sim.node(0);
      await node.install(id, [...keys(type).filter((line) => !line.includes('access-key')), ...times(0, 0)]);
      await start([node], { HOME: path.join(node.root, 'nobody') });
      await until('the failure is told', () => node.log.includes(`ERROR - ${name}: Initialization of the S3`), node);
      expect(await s3.keys()).toEqual([]);
    });

    it('a temporary session without its token is no configuration', async () => {
      const node = sim.node(0);
      await node.install(id, [...keys(), 'credentials-type=temporary_session', ...times(0, 0)]);
      await start([node]);
      await until('the problem is told', () => node.log.includes(`ERROR - ${name}: Session token is empty!`), node);
    });
  });
});
