import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../src/sandbox/hosts/index.js';
import { type S3Server, startS3Server } from '../../src/sandbox/services/index.js';
import { hostKindRequirement } from '../support/host-kinds.js';
import { mustSkip } from '../support/requirements.js';
import { s3Requirement } from '../support/service-requirements.js';
import { DiscoveryClusters } from './support/discovery-clusters.js';
import { bucketOf, type Combination, DiscoveryWorld, keys } from './support/discovery-world.js';
import { useScenario } from './support/scenario.js';
import { placesOf, placesWithoutSecrets } from './support/secret-places.js';

const LONG = { timeout: 180_000 };
const one: Combination = { discovery: 's3', transport: 'tcp' };
const versitygw = await s3Requirement();
// A host without users of its own would give its keys to the person who runs this.
const missing = [mustSkip(versitygw), mustSkip(await hostKindRequirement({ accounts: 'separate' }))].includes(true);

/** Text of a file with the keys, as Amazon's tools have it. */
const credentialsFile = `[default]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;

describe.skipIf(missing)('keys of S3 discovery', () => {
  const names = ['user-file', 'java-properties', 'own-file', 'own-variables'];
  const scenario = useScenario({ nodes: names, gates: [], recovery: [], accounts: 'separate' });
  let s3: S3Server;
  let world: DiscoveryWorld;
  let clusters: DiscoveryClusters;

  beforeAll(async () => {
    s3 = await startS3Server({ program: versitygw.program, ...keys });
    await s3.makeBucket(bucketOf(one));
    // No DNS here: nobody asks for a name.
    world = new DiscoveryWorld(scenario(), s3, { address: '127.0.0.1', port: 0 });
    clusters = new DiscoveryClusters(world, { setRecords: () => Promise.resolve() });
    await world.prepare();
  }, LONG.timeout);
  afterAll(() => s3.stop());

  /** A cluster of one node, which is announced once its broker has found its keys. @returns who asked the bucket before */
  async function deploy(
    name: string,
    credentials: object,
    top: { readonly env?: Record<string, object> } = {},
  ): Promise<string> {
    const discovery = { ...world.discovery(one), filePrefix: `${name}/`, credentials };
    const spec = await world.spec(one, { hosts: [name], nodes: 1, name, discovery, top });
    const { report, failure } = await clusters.run('deployCluster', name, { spec });
    expect(failure).toBeUndefined();
    const { address } = scenario().stage.host(name);
    expect([...world.announced(one, name).values()]).toEqual([`${address}:7800`]);
    return report?.checks.find(({ check }) => check === 'bucket')?.reason ?? '';
  }
  const given = (type: string): object => ({ type, ...world.keys() });
  const host = (name: string): Host => scenario().stage.host(name);
  const textOn = (name: string, file: string): string => readFileSync(path.join(host(name).home, file), 'utf8');
  /** Mode and owner of a file on a host. */
  const guard = (name: string, file: string): string => {
    const { mode, uid } = statSync(path.join(host(name).home, file));
    return `${(mode & 0o777).toString(8)} ${uid}`;
  };
  /** Of the broker's own user, and for nobody else to read. */
  const onlyBroker = (name: string): string => `600 ${statSync(path.join(host(name).home, 'data')).uid}`;

  test('go into the file of the broker user', LONG, async () => {
    expect(await deploy('user-file', given('user_credentials_file'))).toBe('usable, asked by the worker');
    expect(textOn('user-file', '.aws/credentials')).toBe(credentialsFile);
    expect(guard('user-file', '.aws/credentials')).toBe(onlyBroker('user-file'));
  });

  test('go into a file with options for Java, not into the command line', LONG, async () => {
    expect(await deploy('java-properties', given('java_system_properties'))).toBe('usable, asked by the worker');
    expect(guard('java-properties', 'conf/hivekeeper-s3.options')).toBe(onlyBroker('java-properties'));
  });

  test('that lie on the node already are asked for from there', LONG, async () => {
    const { home, become, brokerUser } = host('own-file');
    expect(become).toBe('sudo');
    mkdirSync(path.join(home, '.aws'), { recursive: true });
    writeFileSync(path.join(home, '.aws/credentials'), credentialsFile);
    execFileSync('chown', ['-R', String(statSync(home).uid), path.join(home, '.aws')]);
    expect(brokerUser).not.toBe('');
    expect(await deploy('own-file', { type: 'default' })).toBe('usable, asked by own-file');
  });

  test('that the spec gives as variables are those of the default', LONG, async () => {
    const { accessKeyId, secretAccessKey } = world.keys();
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    expect(await deploy('own-variables', { type: 'default' }, { env })).toBe('usable, asked by the worker');
  });

  test('are in no history, log, configuration, node.json or list of processes', LONG, async () => {
    const places = await placesWithoutSecrets(scenario(), clusters.workflows, names.map(host));
    expect(placesOf(keys.secretAccessKey, places)).toEqual([]);
    // The eye that finds nothing does see what is there.
    expect(placesOf('hivekeeper-s3.options', places)).not.toEqual([]);
  });
});
