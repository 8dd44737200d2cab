import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectZip, unpackOnHost } from '../../../../../src/adapters/archive/index.js';
import { DirectoryContentStore } from '../../../../../src/adapters/content/index.js';
import type { RemoteHost } from '../../../../../src/adapters/ports/index.js';
import {
  inspectInstallation,
  packExtension,
  SecretComparison,
  takeFile,
} from '../../../../../src/adapters/products/hivemq/adopt/index.js';
import { SshHostPool } from '../../../../../src/adapters/ssh/index.js';
import { installationSchema } from '../../../../../src/domain/products/hivemq/adopt/index.js';
import { specOf } from '../../../../../src/render/products/hivemq/adopt.js';
import type { Host } from '../../../../../src/sandbox/hosts/index.js';
import { makePackages } from '../../../../../src/sandbox/stage/index.js';
import { useStage } from '../../../../support/stage.js';

const signal = new AbortController().signal;
const clear = 'Clear-Text-Of-A-Keystore';
const fromEnvironment = 'Value-Of-A-Variable';
const inUnit = 'Token-In-JavaOptions';
const hash = 'f00d'.repeat(16);

const config = (host: Host, all: readonly Host[], keystore = clear) => `<?xml version="1.0"?>
<!-- written by hand; <password>${clear}</password> was the old one -->
<hivemq xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <cluster>
    <enabled>true</enabled>
    <transport><tcp><bind-address>${host.address}</bind-address><bind-port>\${CLUSTER_PORT}</bind-port></tcp></transport>
    <discovery><static>${all.map(({ address }) => `<node><host>${address}</host><port>7800</port></node>`).join('')}</static></discovery>
  </cluster>
  <listeners>
    <tcp-listener><port>1883</port><bind-address>${host.address}</bind-address></tcp-listener>
  </listeners>
  <health-api>
    <enabled>true</enabled>
    <listeners><http><port>8889</port><bind-address>${host.address}</bind-address></http></listeners>
  </health-api>
  <control-center>
    <listeners><https><port>8443</port><bind-address>${host.address}</bind-address><tls>
      <keystore><path>/etc/own.jks</path><password>${keystore}</password><private-key-password>\${KEY_PASSPHRASE}</private-key-password></keystore>
    </tls></https></listeners>
    <users><user><name>admin</name><password>${hash}</password></user></users>
    <enabled>false</enabled>
  </control-center>
</hivemq>
`;

const unpackedAs = `
home=$1 config=$2
cat >/dev/null
printf '%s' "$config" >"$home/conf/config.xml"
mkdir -p "$home/extensions/own-extension/conf" "$home/elsewhere"
printf '<hivemq-extension><id>own-extension</id><name>Own &amp; only</name><version>1.2.3</version></hivemq-extension>' >"$home/extensions/own-extension/hivemq-extension.xml"
printf 'x=1' >"$home/extensions/own-extension/conf/own.properties"
: >"$home/extensions/own-extension/DISABLED"
printf 'a license' >"$home/license/prod.lic"`;

const startBroker = `
cd "$1" || exit 1
export CLUSTER_PORT=7800 KEY_PASSPHRASE=${fromEnvironment} HIVEMQ_DATA_FOLDER=elsewhere SOMEBODYS=business
export JAVA_OPTS='-Xmx1g -Dmonitor.token=${inUnit}'
setsid sh -c 'exec bin/run.sh' </dev/null >/dev/null 2>&1 &
tries=0
until grep -q 'Started HiveMQ in' log/hivemq.log 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 600 ] || exit 1
  sleep 0.05
done`;

/** Every file and folder with what would show a change. */
const listing = `find "$1" ! -path '*/log/*' ! -path '*/elsewhere/*' -printf '%p %s %m %T@\\n' | sort`;

describe('a broker that was installed by hand', () => {
  const stage = useStage({ nodes: ['n1', 'n2'], gates: [], recovery: [] });
  const pool = new SshHostPool();
  const remote = new Map<string, RemoteHost>();
  const node = (name: string): Host => {
    const found = stage().nodes.find((one) => one.name === name);
    if (!found) throw new Error(`no host ${name}`);
    return found;
  };
  const at = (name: string): RemoteHost => {
    const found = remote.get(name);
    if (!found) throw new Error(`no host ${name}`);
    return found;
  };
  const folderOf = (name: string): string => `${node(name).home}/hivemq-4.30.0`;

  beforeAll(async () => {
    const packages = await makePackages(path.join(stage().root, 'packages'), ['4.30.0']);
    const archive = packages.distribution.file.replace('{version}', '4.30.0');
    await Promise.all(
      stage().nodes.map(async (host) => {
        const { name, address, sshPort: port, user, privateKeyFile, become } = host;
        const target = { name, address, port, user, privateKeyFile, become, hostKeys: [host.hostKeyFingerprint] };
        const connected = await pool.connect(target);
        remote.set(name, connected);
        const asUser = host.brokerUser;
        await unpackOnHost(connected, archive, folderOf(name), {
          asUser,
          sha256: packages.distribution.sha256['4.30.0'] ?? '',
          signal,
        });
        const text = config(host, stage().nodes, name === 'n1' ? clear : 'Another-Keystore-Password');
        await connected.script(unpackedAs, [folderOf(name), text], { asUser });
        await connected.script(startBroker, [folderOf(name)], { asUser });
      }),
    );
    const link = `ln -s hivemq-4.30.0 "$1/hivemq"`;
    await at('n1').script(link, [node('n1').home], { asUser: node('n1').brokerUser });
  });
  afterAll(() => pool.close());

  const inspect = (name: string, home: string, comparison?: SecretComparison) =>
    inspectInstallation(
      at(name),
      { home, user: node(name).brokerUser, cluster: 'prod', ...(comparison && { comparison }) },
      signal,
    );

  it('is told with process, folders, version and files, and nothing is written', async () => {
    const user = node('n1').brokerUser;
    const before = await at('n1').script(listing, [node('n1').home], { asUser: user });
    const found = await inspect('n1', `${node('n1').home}/hivemq`);
    expect((await at('n1').script(listing, [node('n1').home], { asUser: user })).stdout).toBe(before.stdout);
    const jar = createHash('sha256')
      .update(await readFile(`${folderOf('n1')}/bin/hivemq.jar`))
      .digest('hex');
    expect(installationSchema.parse(found)).toEqual(found);
    expect(found).toMatchObject({
      layout: 'link',
      realPath: folderOf('n1'),
      versionFolder: 'hivemq-4.30.0',
      version: '4.30.0',
      jarSha256: jar,
      configProblem: null,
      logback: { level: 'INFO', changes: [] },
      environment: { CLUSTER_PORT: '7800', HIVEMQ_DATA_FOLDER: 'elsewhere' },
      folders: {
        conf: { path: `${folderOf('n1')}/conf`, setBy: 'default' },
        data: { path: `${folderOf('n1')}/elsewhere`, setBy: 'environment' },
      },
      licenses: [{ name: 'prod.lic', bytes: 9 }],
      process: { user, cwd: folderOf('n1'), jmxPort: null },
      supervision: { unit: null },
    });
    expect(found.versions[0]).toEqual({ source: 'health-api', version: '4.30.0' });
    expect(found.otherVariables).toContain('SOMEBODYS');
    expect(found.process?.pid).toBe(node('n1').brokers()[0]?.pid);
    expect(found.ports).toContainEqual({ protocol: 'tcp', address: node('n1').address, port: 1883 });
    expect(found.java?.version).toMatch(/^17\./);
    const own = found.extensions.find(({ id }) => id === 'own-extension');
    expect(own).toMatchObject({ version: '1.2.3', enabled: false });
    expect(own?.files.map((file) => file.path)).toEqual(['conf/own.properties', 'hivemq-extension.xml']);
  });

  it('keeps every secret to itself, and tells which are the same on all nodes', async () => {
    const comparison = new SecretComparison();
    const both = [
      await inspect('n1', `${node('n1').home}/hivemq`, comparison),
      await inspect('n2', folderOf('n2'), comparison),
    ];
    const text = JSON.stringify(both);
    for (const secret of [clear, fromEnvironment, inUnit, hash, 'Another-Keystore-Password', 'business']) {
      expect(text).not.toContain(secret);
    }
    const variants = both.map(({ secrets }) =>
      Object.fromEntries(secrets.map(({ reference, kind, variant }) => [reference, `${kind} ${variant}`])),
    );
    const [first, second] = variants;
    expect(first).toMatchObject({
      KEY_PASSPHRASE: 'placeholder 1',
      PROD_CONTROL_CENTER_ADMIN_PASSWORD: 'hash 1',
      PROD_CONTROL_CENTER_HTTPS_KEYSTORE_PASSWORD: 'clear 1',
    });
    expect(second).toMatchObject({
      KEY_PASSPHRASE: 'placeholder 1',
      PROD_CONTROL_CENTER_HTTPS_KEYSTORE_PASSWORD: 'clear 2',
    });
  });

  it('is said by a spec', async () => {
    const installations = {
      n1: await inspect('n1', `${node('n1').home}/hivemq`),
      n2: await inspect('n2', folderOf('n2')),
    };
    const written: unknown = JSON.parse(
      JSON.stringify(
        stage().spec({
          version: '4.30.0',
          distribution: { file: '/x/{version}', sha256: { '4.30.0': '0'.repeat(64) } },
        }),
      ),
    );
    const { ssh, hosts } = written as { ssh: unknown; hosts: { name: string; address: string }[] };
    const bare = hosts.map((host) => Object.fromEntries(Object.entries(host).filter(([key]) => key !== 'home')));
    const request = {
      name: 'prod',
      broker: { product: 'hivemq' as const, javaOptions: '-Xmx1g' },
      ssh,
      hosts: bare as typeof hosts,
    };
    const packed = { 'own-extension': { sha256: '1'.repeat(64), bytes: 5 } };
    const found = specOf(request, installations, packed);
    expect(found.problems).toEqual([]);
    expect(found.spec).toMatchObject({
      nodes: 2,
      broker: { version: '4.30.0', user: node('n1').brokerUser },
      cluster: {
        enabled: true,
        transport: { type: 'tcp', bindAddress: 'host', bindPort: 7800 },
        discovery: { type: 'static' },
      },
      listeners: [{ type: 'tcp', port: 1883, bindAddress: 'host' }],
      healthApi: { enabled: true, port: 8889, bindAddress: 'loopback' },
      restApi: { enabled: false },
      controlCenter: { enabled: false },
      extensions: [{ id: 'own-extension', enabled: false, content: { stored: '1'.repeat(64) } }],
      licenses: [{ name: 'prod.lic' }],
    });
    expect(found.spec).not.toHaveProperty('configOverride');
  });

  it('gives its extensions and licenses to the content store, the same bytes each time', async () => {
    const store = new DirectoryContentStore(path.join(stage().root, 'content'));
    const options = { store, asUser: node('n1').brokerUser, signal };
    const found = await inspect('n1', `${node('n1').home}/hivemq`);
    const folder = `${folderOf('n1')}/extensions/own-extension`;
    const [one, other] = [
      await packExtension(at('n1'), folder, options),
      await packExtension(at('n2'), `${folderOf('n2')}/extensions/own-extension`, options),
    ];
    expect(other).toEqual(one);
    expect((await inspectZip(await store.pathOf(one.sha256))).topFolder).toBe('own-extension');
    const license = found.licenses[0]?.sha256 ?? '';
    const file = `${folderOf('n1')}/license/prod.lic`;
    expect((await takeFile(at('n1'), file, license, options)).sha256).toBe(license);
    await expect(takeFile(at('n1'), file, '0'.repeat(64), options)).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
  });

  it('is refused where there is none, with what to do', async () => {
    await expect(inspect('n2', '/no/such/folder')).rejects.toThrow(/n2: there is no folder \/no\/such\/folder/);
    await expect(inspect('n2', node('n2').home)).rejects.toThrow(`one is in ${folderOf('n2')}: name it as home`);
  });
});
