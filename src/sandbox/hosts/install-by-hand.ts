import { execFile } from 'node:child_process';
import { lchown, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildDistribution, buildExtension, licenseMarker } from '../distribution/index.js';
import { SEPARATE_ACCOUNTS } from './accounts.js';
import { handMadeConfig, handMadeLogback, handMadeOverride, handMadeUnit } from './by-hand-texts.js';
import type { Host } from './host.js';
import { unzip } from '../wire/unzip.js';
import { quote } from './quote.js';

export interface InstallByHandOptions {
  /** Default: 4.29.0 */
  readonly version?: string;
  /** Addresses of all members, this host's included. */
  readonly members: readonly string[];
  /** `link`: `opt/hivemq -> hivemq-<version>`; `version-folder`: the home is the version's folder. Default: link */
  readonly layout?: 'link' | 'version-folder';
  /**
   * `nohup`: by bin/run.sh, in the background; `unit`: by hivemq.service with a drop-in, on a host with systemd;
   * `none`: not at all. Default: nohup
   */
  readonly start?: 'nohup' | 'unit' | 'none';
  /** More elements for config.xml. Default: none */
  readonly config?: string;
}

/** What a hand left on a host. */
export interface HandMade {
  /** The home as its operator names it: the link, or the version's folder. */
  readonly home: string;
  /** The folder with bin, conf, data, extensions, license and log. */
  readonly versionFolder: string;
  readonly version: string;
  /** The passwords that stand in config.xml in clear. */
  readonly secrets: readonly string[];
  /** File name of the license. */
  readonly license: string;
  /** Id of the extension that was added to those of the package. */
  readonly extension: string;
}

/** A key in a PKCS #12 store has the password of the store. */
const secrets = { keystore: 'hand-made-store-password', key: 'hand-made-store-password' };

/**
 * Installs a broker as an operator does who knows nothing of Hivekeeper: unpacks the distribution to `<host>/opt`, writes
 * config.xml with passwords in clear, adds a license, an extension and a log level, and starts it as the broker's user.
 * MQTT 1883 and 8883 (TLS), cluster 7800, REST API 8888 and Health API 8889, all on the host's own address.
 * @throws Error when openssl is missing, or a command fails
 */
export async function installByHand(host: Host, options: InstallByHandOptions): Promise<HandMade> {
  const { version = '4.29.0', layout = 'link', start = 'nohup', members, config = '' } = options;
  const opt = path.join(host.root, 'opt');
  const versionFolder = path.join(opt, `hivemq-${version}`);
  const home = layout === 'link' ? path.join(opt, 'hivemq') : versionFolder;
  const extension = 'hello-extension';
  const license = 'company.lic';
  const at = (...names: string[]): string => path.join(versionFolder, ...names);
  const work = await mkdtemp(path.join(tmpdir(), 'hivekeeper-by-hand-'));
  try {
    await mkdir(opt, { recursive: true });
    await unzip((await buildDistribution({ version, outFile: path.join(work, 'hivemq.zip') })).file, opt);
    const zip = await buildExtension(extension, '1.2.0', path.join(work, 'extension.zip'));
    await unzip(zip.file, at('extensions'));
    await writeFile(at('license', license), `${licenseMarker}\n`);
    await writeFile(
      at('conf', 'config.xml'),
      handMadeConfig({ address: host.address, members, secrets, more: config }),
    );
    await writeFile(at('conf', 'logback.xml'), handMadeLogback);
    await makeKeystore(work, at('conf', 'keystore.p12'));
    if (layout === 'link') await symlink(`hivemq-${version}`, home);
    if (host.become === 'sudo') await own(opt, SEPARATE_ACCOUNTS.broker.id);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  if (start === 'nohup')
    await host.run(`cd / && nohup setsid ${quote(`${home}/bin/run.sh`)} >/dev/null 2>&1 </dev/null &`, 'broker');
  if (start === 'unit') await startUnit(host, home);
  return { home, versionFolder, version, secrets: Object.values(secrets), license, extension };
}

async function startUnit(host: Host, home: string): Promise<void> {
  const units = path.join(host.root, 'systemd', 'system');
  const dropIns = path.join(units, 'hivemq.service.d');
  await mkdir(dropIns, { recursive: true });
  await writeFile(path.join(units, 'hivemq.service'), handMadeUnit(home, host.brokerUser));
  await writeFile(path.join(dropIns, 'override.conf'), handMadeOverride);
  for (const command of ['daemon-reload', 'enable hivemq.service', 'start hivemq.service'])
    await host.run(`systemctl ${command}`, 'root');
}

/** A certificate for the TLS listener, as a PKCS #12 store under the password of config.xml. */
async function makeKeystore(work: string, target: string): Promise<void> {
  const run = promisify(execFile);
  const [key, certificate, store] = ['key.pem', 'certificate.pem', 'keystore.p12'].map((name) => path.join(work, name));
  if (key === undefined || certificate === undefined || store === undefined) throw new Error('Three files have names.');
  const subject = ['-subj', '/CN=hivemq', '-days', '3650', '-keyout', key, '-out', certificate];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject]);
  const files = ['-inkey', key, '-in', certificate, '-out', store];
  await run('openssl', ['pkcs12', '-export', '-name', 'hivemq', '-passout', `pass:${secrets.keystore}`, ...files]);
  await rename(store, target);
}

async function own(folder: string, id: number): Promise<void> {
  await lchown(folder, id, id);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await own(file, id);
    else await lchown(file, id, id);
  }
}
