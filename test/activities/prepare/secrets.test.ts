import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ClusterSession } from '../../../src/activities/cluster-session.js';
import { secretsOnHosts } from '../../../src/activities/prepare/drift/index.js';
import { renderVariables } from '../../../src/activities/steps/manifest/environment-file.js';
import { manifestOf } from '../../../src/activities/steps/manifest/manifest-of.js';
import { fillSecretFiles } from '../../../src/activities/steps/manifest/place-files.js';
import { WorkerSecrets } from '../../../src/adapters/secrets/index.js';
import { emptyRecord } from '../../../src/domain/record/index.js';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import { secretsPath } from '../../../src/render/node-manifest.js';
import { createDependencies } from '../../../src/worker/dependencies.js';
import { useSshHost } from '../../adapters/support/ssh-fixture.js';
import { exampleSpec } from '../../domain/spec/example.js';

const ssh = useSshHost();
const environment: Record<string, string> = {};
let folder: string;
let session: ClusterSession;

const at = (path: string): string => join(folder, 'home', path);
const put = (path: string, text: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const discovered = 'extensions/hivemq-s3-cluster-discovery-extension/conf/config.properties';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hivekeeper-secrets-'));
  Object.assign(environment, { TOKEN: 'token-1', KEY: 'key-1', SECRET: 'secret-1' });
  const { loadBalancer: _, ...example } = exampleSpec();
  const parsed = parseClusterSpec({
    ...example,
    broker: { ...example.broker, user: userInfo().username, home: join(folder, 'home') },
    env: { TOKEN: { env: 'TOKEN' } },
    extensions: [{ id: 'hivemq-s3-cluster-discovery-extension', content: { stored: 'ab'.repeat(32) } }],
    cluster: {
      discovery: {
        type: 's3',
        bucketRegion: 'eu-central-1',
        bucketName: 'bucket',
        credentials: { type: 'access_key', accessKeyId: { env: 'KEY' }, secretAccessKey: { env: 'SECRET' } },
      },
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const { spec } = parsed;
  const host = spec.hosts[0]!.name;
  const record = emptyRecord(spec.name);
  const members = [{ host, version: spec.broker.version, since: '2026-01-01T00:00:00.000Z' }];
  const secrets = new WorkerSecrets('all', environment);
  const world = createDependencies({ data: join(folder, 'data'), secrets: 'all', hooks: {} });
  const { userPasswords } = world;
  const dependencies = {
    ...world,
    secrets,
    hosts: {
      connect: () => Promise.resolve(ssh.host),
      scan: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    },
    get records(): never {
      throw new Error('the record was asked');
    },
  };
  session = new ClusterSession(dependencies, spec, { ...record, membership: { ...record.membership, members } });
  const { variables, secretFiles } = manifestOf(spec, [host], host);
  expect(variables.map(({ name }) => name)).toEqual(['TOKEN']);
  expect(secretFiles.map(({ path }) => path)).toEqual([discovered]);
  put(secretsPath, renderVariables(new Map([['TOKEN', 'token-1']])));
  const [file] = await fillSecretFiles(secretFiles, { secrets, userPasswords, cluster: spec.name });
  put(discovered, file?.text ?? '');
  return () => rmSync(folder, { recursive: true, force: true });
});

async function found(): Promise<{ rotated: readonly string[]; told: string[] }> {
  const [secrets] = [...(await secretsOnHosts(session, new AbortController().signal)).values()];
  const { rotated = [], differences = [] } = secrets ?? {};
  expect(JSON.stringify(secrets)).not.toMatch(/token-\d|secret-\d|key-\d/);
  return { rotated, told: differences.map(({ clause }) => clause) };
}

describe('the secrets of a member', () => {
  it('differ in nothing as long as nobody changes them', async () => {
    expect(await found()).toEqual({ rotated: [], told: [] });
  });

  it.each<[string, () => void, { rotated?: string[]; told?: string[] }]>([
    [
      'a file changed by hand',
      () => put(discovered, 'x'),
      { told: [`${discovered}: changed by hand, or its secrets changed at the worker`] },
    ],
    ['a file removed', () => rmSync(at(discovered)), { told: [`${discovered}: removed by hand`] }],
    [
      'a secret of a file changed at the worker',
      () => (environment['SECRET'] = 'secret-2'),
      { told: [`${discovered}: changed by hand, or its secrets changed at the worker`] },
    ],
    ['a secret of a variable changed at the worker', () => (environment['TOKEN'] = 'token-2'), { rotated: ['TOKEN'] }],
    ['the environment removed', () => rmSync(at(secretsPath)), { told: [`${secretsPath}: removed by hand`] }],
    ['a variable removed', () => put(secretsPath, ''), { told: [`${secretsPath}: TOKEN was removed by hand`] }],
    ['a secret that the worker has no more', () => delete environment['SECRET'], {}],
  ])('%s', async (_, change, expected) => {
    change();
    expect(await found()).toEqual({ rotated: [], told: [], ...expected });
  });
});
