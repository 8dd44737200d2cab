import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import type { RemoteHost } from '../../../src/adapters/ports/index.js';
import { discoveryBuckets, type NodeView, type S3Access, type S3Keys } from '../../../src/adapters/s3/index.js';
import type { StageOptions } from '../../../src/sandbox/stage/index.js';
import { hostKindRequirement } from '../../support/host-kinds.js';
import { useStage } from '../../support/stage.js';
import { mustSkip } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';
import { metadataService } from './support/metadata-service.js';
import {
  accessTo,
  announcementText,
  keys,
  PREFIX,
  putObject,
  serverWithBucket,
  versitygw,
} from './support/s3-fixture.js';

const openssl = programRequirement('openssl', 'openssl');
const nowhere = { address: '127.0.0.1', port: 9 };
const fine = { reachable: true, exists: true, permitted: true, problem: null };

describe.skipIf(mustSkip(versitygw) || opensshMissing !== null)("a bucket from a node's point of view", () => {
  const ssh = useSshHost();

  /** Counts what leaves from the host, so that a request that the worker made itself would show. */
  function watched(): { host: RemoteHost; opened: string[] } {
    const opened: string[] = [];
    const open: RemoteHost['open'] = (address, port, signal) => {
      opened.push(`${address}:${port}`);
      return ssh.host.open(address, port, signal);
    };
    return { host: new Proxy(ssh.host, { get: (host, name) => (name === 'open' ? open : own(host, name)) }), opened };
  }

  function own(host: RemoteHost, name: string | symbol): unknown {
    const value: unknown = Reflect.get(host, name);
    return typeof value === 'function' ? value.bind(host) : value;
  }

  async function credentialsFile(held: S3Keys): Promise<string> {
    const file = path.join(ssh.folder, 'credentials');
    const lines = [
      '[default]',
      `aws_access_key_id = ${held.accessKeyId}`,
      `aws_secret_access_key = ${held.secretAccessKey}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    onTestFinished(() => rm(file));
    return file;
  }

  function heldBy(
    server: { endpoint: string; region: string },
    node: NodeView,
    source: 'default' | 'user_credentials_file' | 'instance_profile_credentials',
  ): S3Access {
    return { ...accessTo(server), credentials: { from: 'node', source }, node };
  }

  it('is asked by the node alone, with the keys that the worker has', async () => {
    const server = await serverWithBucket();
    const { host, opened } = watched();
    const access: S3Access = { ...accessTo(server), node: { host } };
    expect(await discoveryBuckets.bucketState(access, { write: true })).toEqual(fine);
    const ports = new Set(opened);
    expect([...ports]).toEqual([`127.0.0.1:${server.port}`]);
    expect(opened.length).toBeGreaterThanOrEqual(5);
  });

  it('is asked with the keys in the credentials file of the node', async () => {
    const server = await serverWithBucket();
    await putObject(server, 'id1', announcementText('id1', '10.0.0.1', 7800, 1));
    const file = await credentialsFile(keys);
    const access = heldBy(
      server,
      { host: ssh.host, credentialsFile: file, metadata: nowhere },
      'user_credentials_file',
    );
    expect(await discoveryBuckets.bucketState(access)).toEqual(fine);
    expect((await discoveryBuckets.announced(access)).announcements).toMatchObject([{ clusterId: 'id1' }]);
    expect(await discoveryBuckets.removeAnnouncement(access, `${PREFIX}id1`)).toBe('removed');
  });

  it('says whose file is to be corrected, and no key of it', async () => {
    const server = await serverWithBucket();
    const file = await credentialsFile({ ...keys, secretAccessKey: 'not-the-one' });
    const access = heldBy(server, { host: ssh.host, credentialsFile: file }, 'user_credentials_file');
    const state = await discoveryBuckets.bucketState(access);
    expect(state).toMatchObject({ reachable: true, permitted: false });
    expect(state.problem).toMatch(
      /secret access key that lies on n1 .* Correct the credentials file of the broker's user on n1/,
    );
    expect(state.problem).not.toContain('not-the-one');
  });

  it.each([2, 1])('is asked with the keys of the instance, version %i of its service', async (version) => {
    const server = await serverWithBucket();
    const service = await metadataService('hivemq@stage', keys, version);
    const access = heldBy(server, { host: ssh.host, metadata: service }, 'instance_profile_credentials');
    expect(await discoveryBuckets.bucketState(access)).toEqual(fine);
    const folder = '/latest/meta-data/iam/security-credentials/';
    expect(service.asked).toEqual(['PUT /latest/api/token', `GET ${folder}`, `GET ${folder}hivemq@stage`]);
  });

  it('prefers the file to the instance, as the broker does, and takes the instance without a file', async () => {
    const server = await serverWithBucket();
    const service = await metadataService('hivemq', keys);
    const file = await credentialsFile(keys);
    const node = { host: ssh.host, metadata: service };
    expect(await discoveryBuckets.bucketState(heldBy(server, { ...node, credentialsFile: file }, 'default'))).toEqual(
      fine,
    );
    expect(service.asked).toEqual([]);
    const absent = { ...node, credentialsFile: `${file}.absent` };
    expect(await discoveryBuckets.bucketState(heldBy(server, absent, 'default'))).toEqual(fine);
    expect(service.asked.length).toBe(3);
  });

  it('says what to provide where the node has no keys', async () => {
    const server = await serverWithBucket();
    const node = { host: ssh.host, credentialsFile: '/nowhere/credentials', metadata: nowhere };
    const next = {
      default: /neither in \/nowhere\/credentials .* nor from the instance metadata service/,
      user_credentials_file: /no S3 keys in \/nowhere\/credentials \(section default\)/,
      instance_profile_credentials: /Attach a role with access to the bucket/,
    };
    for (const source of ['default', 'user_credentials_file', 'instance_profile_credentials'] as const) {
      const access = heldBy(server, node, source);
      const state = await discoveryBuckets.bucketState(access);
      expect(state).toMatchObject({ reachable: false, permitted: false });
      expect(state.problem).toMatch(next[source]);
      await expect(discoveryBuckets.announced(access)).rejects.toMatchObject({ kind: 'SecretMissing' });
    }
    const service = await metadataService(undefined, keys);
    const noRole = heldBy(server, { ...node, metadata: service }, 'instance_profile_credentials');
    expect((await discoveryBuckets.bucketState(noRole)).problem).toMatch(/Attach a role/);
  });

  it('is not to blame when the host itself is out of reach, so that it is tried again', async () => {
    const server = await serverWithBucket();
    const away = new HivekeeperError('HostUnreachable', 'n1 is away');
    const credentialsFileOfNode = await credentialsFile(keys);
    for (const name of ['open', 'readFile']) {
      const fail = (): Promise<never> => Promise.reject(away);
      const host = new Proxy(ssh.host, { get: (target, key) => (key === name ? fail : own(target, key)) });
      const access = heldBy(server, { host, credentialsFile: credentialsFileOfNode }, 'user_credentials_file');
      await expect(discoveryBuckets.bucketState(access)).rejects.toBe(away);
      await expect(discoveryBuckets.announced(access)).rejects.toBe(away);
    }
  });

  it('says that the node cannot reach it', async () => {
    const access: S3Access = {
      ...accessTo({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1' }),
      node: { host: ssh.host },
    };
    const state = await discoveryBuckets.bucketState(access);
    expect(state).toMatchObject({ reachable: false, exists: null });
    expect(state.problem).toMatch(
      /^http:\/\/127\.0\.0\.1:9 cannot be reached from n1 \(.*\)\. Check cluster\.discovery\.endpoint/,
    );
  });

  describe.skipIf(mustSkip(openssl))('over HTTPS', () => {
    async function secured(): Promise<{ access: S3Access; certificate: string }> {
      const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-s3-tls-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const [certificateFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
      await promisify(execFile)(openssl.program, [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=s3', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certificateFile],
      ]);
      await chmod(keyFile, 0o600);
      const server = await serverWithBucket({ tls: { certificateFile, keyFile } });
      return { access: accessTo(server), certificate: await readFile(certificateFile, 'utf8') };
    }

    it.each(['the worker', 'n1'])(
      'is asked by %s with TLS from end to end, once the certificate is trusted',
      async (from) => {
        const { access, certificate } = await secured();
        const asked: S3Access = from === 'n1' ? { ...access, node: { host: ssh.host } } : access;
        const distrusted = await discoveryBuckets.bucketState(asked);
        expect(distrusted).toMatchObject({ reachable: false, exists: null });
        expect(distrusted.problem).toContain(`is not trusted from ${from}`);
        const trusted = await discoveryBuckets.bucketState({ ...asked, trusted: certificate });
        // No bucket was made, which only a server that understood the request can know.
        expect(trusted).toMatchObject({ reachable: true, exists: false });
      },
    );
  });
});

const separate: StageOptions = { sshServer: 'openssh', accounts: 'separate', nodes: ['n1'], gates: [], recovery: [] };

describe.skipIf(mustSkip(versitygw) || mustSkip(await hostKindRequirement(separate)))(
  'on a host with its own users',
  () => {
    const stage = useStage(separate);

    it("reads the file in the home of the broker's user, which the log-in user may not", async () => {
      const server = await serverWithBucket();
      const host = stage().host('n1');
      const pool = new SshHostPool();
      onTestFinished(() => pool.close());
      const { name, address, sshPort: port, user, privateKeyFile, hostKeyFingerprint, become } = host;
      const target = { name, address, port, user, privateKeyFile, hostKeys: [hostKeyFingerprint], become };
      const remote = await pool.connect(target);
      const text = `[default]\naws_access_key_id=${keys.accessKeyId}\naws_secret_access_key=${keys.secretAccessKey}\n`;
      const asUser = host.brokerUser;
      await remote.run({ argv: ['mkdir', '-m', '700', `${host.home}/.aws`], asUser });
      await remote.writeFile(`${host.home}/.aws/credentials`, text, { mode: 0o600, asUser });
      const heldThere = (node: NodeView): S3Access => ({
        ...accessTo(server),
        ...{ credentials: { from: 'node', source: 'user_credentials_file' }, node },
      });
      expect(await discoveryBuckets.bucketState(heldThere({ host: remote, brokerUser: asUser }))).toEqual(fine);
      const asLogin = await discoveryBuckets.bucketState(heldThere({ host: remote }));
      expect(asLogin.problem).toMatch(/no S3 keys in ~\/\.aws\/credentials of the log-in user/);
    });
  },
);
