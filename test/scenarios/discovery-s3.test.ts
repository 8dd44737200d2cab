import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type S3Server, startS3Server } from '../../src/sandbox/services/index.js';
import { mustSkip } from '../support/requirements.js';
import { s3Requirement } from '../support/service-requirements.js';
import { extension, put, sent, sizes } from './support/discovery.js';
import { useScenario } from './support/scenario.js';

const LONG = 180_000;
const versitygw = await s3Requirement();

const s3Id = 'hivemq-s3-cluster-discovery-extension';
const keys = { accessKeyId: 'STAGEKEYID', secretAccessKey: 'stage-secret-5b1e' };
const prefix = 'hivemq/cluster/nodes/';

describe.skipIf(mustSkip(versitygw))('a cluster that finds itself through S3, over TLS', () => {
  const scenario = useScenario();
  let server: S3Server;

  /** Address and port of each announcement in the bucket. */
  const announced = (): string[] => {
    const folder = path.join(server.folder, 'hivemq', prefix);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => Buffer.from(readFileSync(path.join(folder, name), 'utf8'), 'base64').toString('utf8'))
      .map((text) => text.split('||||').slice(3).join(':'))
      .sort();
  };
  const placeOf = (name: string): string => `${scenario().stage.host(name).address}:7800`;
  const journalOf = (name: string) => scenario().stage.host(name).journal().length;

  const spec = async (secret = keys.secretAccessKey) =>
    sent(
      scenario(),
      {
        cluster: {
          transport: { bindPort: 7800, tls: {} },
          discovery: {
            type: 's3',
            bucketRegion: server.region,
            bucketName: 'hivemq',
            filePrefix: prefix,
            fileExpiration: '1h',
            updateInterval: '30m',
            endpoint: server.endpoint,
            pathStyleAccess: true,
            credentials: {
              type: 'access_key',
              accessKeyId: { file: await put(scenario(), 'key-id', keys.accessKeyId) },
              secretAccessKey: { file: await put(scenario(), 'key', secret) },
            },
          },
        },
        tls: { issuer: 'internal-ca' },
        extensions: [await extension(scenario(), s3Id)],
      },
      'bucket',
    );

  beforeAll(async () => {
    server = await startS3Server({ program: versitygw.program, ...keys });
    await server.makeBucket('hivemq');
  }, LONG);
  afterAll(() => server.stop());

  test(
    'is refused before anything is touched when the keys do not fit',
    async () => {
      const { failure } = await scenario().run('deployCluster', { cluster: 'bucket', spec: await spec('wrong') });
      expect(failure).toMatchObject({ kind: 'CheckFailed' });
      expect(failure?.message).toMatch(/check bucket fails.*secret access key/i);
      expect(['n1', 'n2', 'n3'].map(journalOf)).toEqual([0, 0, 0]);
    },
    LONG,
  );

  test(
    'forms, and its keys are in files of mode 0600 alone',
    async () => {
      const report = await scenario().complete('deployCluster', { cluster: 'bucket', spec: await spec() });
      expect(report.checks.find(({ check }) => check === 'bucket')).toMatchObject({ status: 'holds' });
      expect(report.checks.find(({ check }) => check === 'discovery-reach')).toMatchObject({ status: 'holds' });
      expect(await sizes(scenario(), ['n1', 'n2', 'n3'])).toEqual([3, 3, 3]);
      expect(announced()).toEqual(['n1', 'n2', 'n3'].map(placeOf));
      const config = readFileSync(path.join(scenario().stage.host('n1').home, 'conf/config.xml'), 'utf8');
      expect(config).toContain('<extension/>');
      expect(config).not.toContain(keys.secretAccessKey);
    },
    LONG,
  );

  test(
    'a node joins, and no file of another one changes',
    async () => {
      const report = await scenario().complete('scaleCluster', { cluster: 'bucket', nodes: 4 });
      expect(JSON.stringify(report)).not.toContain('updateMembers');
      expect(await sizes(scenario(), ['n1', 'n2', 'n3', 'n4'])).toEqual([4, 4, 4, 4]);
      expect(announced()).toEqual(['n1', 'n2', 'n3', 'n4'].map(placeOf));
    },
    LONG,
  );

  test(
    'a node that crashed stays announced, and check says so',
    async () => {
      await scenario().stage.host('n2').kill9('broker');
      expect(announced()).toContain(placeOf('n2'));
      const report = await scenario().complete('checkCluster', { cluster: 'bucket' });
      expect(report.checks).toContainEqual(
        expect.objectContaining({
          check: 'announcements',
          status: 'fails',
          reason: `the bucket announces ${placeOf('n2')}, where no member runs`,
        }),
      );
    },
    LONG,
  );

  test(
    'it leaves, and its announcement goes with it',
    async () => {
      await scenario().complete('decommissionNode', { cluster: 'bucket', node: 'n2' });
      expect(announced()).toEqual(['n1', 'n3', 'n4'].map(placeOf));
      expect(await sizes(scenario(), ['n1', 'n3', 'n4'])).toEqual([3, 3, 3]);
      const report = await scenario().complete('checkCluster', { cluster: 'bucket' });
      expect(report.checks.find(({ check }) => check === 'announcements')).toMatchObject({ status: 'holds' });
    },
    LONG,
  );

  test(
    'a node that runs leaves in order, and removes its announcement itself',
    async () => {
      await scenario().complete('decommissionNode', { cluster: 'bucket', node: 'n3' });
      expect(announced()).toEqual(['n1', 'n4'].map(placeOf));
      expect(await sizes(scenario(), ['n1', 'n4'])).toEqual([2, 2]);
    },
    LONG,
  );
});
