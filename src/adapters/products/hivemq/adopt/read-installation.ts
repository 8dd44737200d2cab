import { posix } from 'node:path';
import { HivekeeperError, isHivekeeperError } from '../../../../domain/errors/index.js';
import { childAt, textOf } from '../../../../domain/products/hivemq/adopt/element.js';
import {
  type Installation,
  type InstallationSecret,
  type InstalledExtension,
} from '../../../../domain/products/hivemq/adopt/index.js';
import { readLogback } from '../../../../domain/products/hivemq/adopt/logback.js';
import { wholePlaceholder } from '../../../../domain/products/hivemq/adopt/mask-config.js';
import { openPlaceholders } from '../../../../domain/products/hivemq/adopt/override-text.js';
import { extensionName, extensionVersion } from '../../../../domain/products/hivemq/extension-xml.js';
import { readHealth } from '../../../../domain/products/hivemq/health.js';
import type { RemoteHost } from '../../../ports/index.js';
import { maskedEnvironment } from './environment.js';
import { foldersOf } from './folders.js';
import type { InspectOptions } from './options.js';
import { foldersProgram, inspectProgram, javaProgram } from './inspect-program.js';
import { jarVersion } from './jar-version.js';
import { Masking } from './masking.js';
import { portOf } from './ports.js';
import { processFacts, propertyOf, strayOptions, type ProcessFacts } from './process-facts.js';
import { readConfig, type ReadConfig } from './read-config.js';
import { decoded, Rows } from './rows.js';
import { maskedUnit, readUnit, unitEnvironment } from './supervision.js';

/** Hashing every file of large extensions takes a while on a slow disk. */
const timeout = 300_000;

const refused = (host: RemoteHost, message: string): HivekeeperError =>
  new HivekeeperError('InvalidInput', `${host.name}: ${message}`, { host: host.name });

/** Says why nothing can be read. */
function checkThere(host: RemoteHost, { home, user }: InspectOptions, rows: Rows): void {
  if (rows.first('no-home') !== undefined) {
    throw refused(
      host,
      `there is no folder ${home} that ${user} may enter: name the broker's folder as broker.home or hosts[].home`,
    );
  }
  const unreadable = rows.first('unreadable');
  if (unreadable !== undefined) {
    throw refused(host, `${user} may not read ${unreadable}: name the account of the broker as broker.user`);
  }
  const jar = rows.first('no-jar');
  if (jar === undefined) return;
  const elsewhere = rows.all('elsewhere').map(([folder]) => folder);
  const hint =
    elsewhere.length > 0
      ? `one is in ${elsewhere.join(', ')}: name it as home`
      : "name the broker's folder as broker.home or hosts[].home";
  throw refused(host, `there is no HiveMQ in ${home}, because ${jar} is not there; ${hint}`);
}

const number = /^\d+(\.\d+)+$/;

async function healthVersion(host: RemoteHost, { root }: ReadConfig, signal: AbortSignal): Promise<string | null> {
  const api = childAt(root ?? undefined, 'health-api');
  if (textOf(api, 'enabled') !== 'true') return null;
  const [address = '127.0.0.1', port = '8889'] = [
    textOf(api, 'listeners', 'http', 'bind-address'),
    textOf(api, 'listeners', 'http', 'port'),
  ];
  if (!/^\d+$/.test(port) || address.includes('$')) return null;
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address;
  try {
    const request = {
      address: reached,
      port: Number(port),
      method: 'GET',
      path: '/api/v1/health/',
      timeout: 5_000,
    } as const;
    const answer = await host.request(request, signal);
    return readHealth(answer.body, answer.status)?.version ?? null;
  } catch (error) {
    if (isHivekeeperError(error, 'ApiUnreachable')) return null;
    throw error;
  }
}

/** All that tell a version, the most certain first. The log tells of the latest start, which may not be the one that runs. */
function versionsOf(rows: Rows, folders: Rows, real: string, health: string | null): Installation['versions'] {
  const log = rows.first('process') === undefined ? undefined : folders.first('log-version');
  const found = [
    { source: 'health-api', version: health },
    { source: 'log', version: log },
    { source: 'manifest', version: jarVersion(Buffer.from(rows.first('jar-head') ?? '', 'base64')) },
    { source: 'version-file', version: rows.first('version-file') },
    { source: 'folder', version: /-(\d+\.\d+\.\d+)$/.exec(real)?.[1] },
  ] as const;
  return found.flatMap(({ source, version }) =>
    typeof version === 'string' && number.test(version.trim()) ? [{ source, version: version.trim() }] : [],
  );
}

function extensionsOf(rows: Rows, folder: string): InstalledExtension[] {
  const files = rows.all('file');
  return rows.all('extension').map(([id = '', enabled, xml]) => {
    const text = decoded(xml);
    return {
      id,
      folder: posix.join(folder, id),
      name: extensionName(text),
      version: extensionVersion(text),
      enabled: enabled === 'yes',
      files: files
        .filter(([of]) => of === id)
        .map(([, sha256 = '', bytes, ...path]) => ({ path: path.join('\t'), sha256, bytes: Number(bytes) }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
  });
}

const howToSet = {
  clear: (name: string) => `set ${name} in the environment of the worker to the value that stands there`,
  hash: (name: string) =>
    `set ${name} in the environment of the worker to the password of this user of the Control Center, of which config.xml has the hash only`,
  placeholder: (name: string, variable: string) =>
    `set ${name} in the environment of the worker to the value that ${variable} has in that of the broker`,
};

/** Where a secret was found, and its value, which stays here. */
interface Sighting extends Omit<InstallationSecret, 'variant'> {
  readonly value: string | undefined;
}

function sightings(config: ReadConfig, masking: Masking, values: Readonly<Record<string, string>> | null): Sighting[] {
  const ofConfig = config.found.flatMap(({ reference, path, kind, value }): Sighting[] => {
    const variable = wholePlaceholder.exec(value)?.[1] ?? '';
    const isUnset = kind === 'placeholder' && values !== null && !Object.hasOwn(values, variable);
    if (isUnset) return [];
    const actual = kind === 'placeholder' ? values?.[variable] : value;
    return [
      { reference, where: `config.xml: ${path}`, kind, howToSet: howToSet[kind](reference, variable), value: actual },
    ];
  });
  const known = new Set(ofConfig.map(({ reference }) => reference));
  const others = masking.hidden.flatMap(({ reference, name, value }): Sighting[] => {
    if (known.has(reference)) return [];
    const set = howToSet.placeholder(reference, name);
    return [{ reference, where: `environment or options: ${name}`, kind: 'environment', howToSet: set, value }];
  });
  return [...ofConfig, ...others];
}

function processOf(facts: ProcessFacts, masking: Masking): NonNullable<Installation['process']> {
  const jmx = propertyOf(facts.words, 'com.sun.management.jmxremote.port');
  const { pid, startTime, user, cwd } = facts;
  const commandLine = masking.words(facts.words).map((one) => masking.known(one));
  return {
    pid,
    startTime,
    user,
    cwd,
    commandLine,
    jmxPort: jmx !== undefined && /^\d+$/.test(jmx) ? Number(jmx) : null,
  };
}

function layoutOf(rows: Rows): Installation['layout'] {
  if (rows.first('own') !== undefined) return 'hivekeeper';
  return rows.first('link') === undefined ? 'version-folder' : 'link';
}

async function javaOf(
  host: RemoteHost,
  { user }: InspectOptions,
  facts: ProcessFacts | null,
  signal: AbortSignal,
): Promise<Installation['java']> {
  const { stdout } = await host.script(javaProgram, [facts?.java ?? 'java'], { asUser: user, signal });
  const [path, version = ''] = new Rows(stdout).all('java')[0] ?? [];
  return path === undefined ? null : { path, version: version === '' ? null : version };
}

/** See `inspectInstallation`. */
export async function readInstallation(
  host: RemoteHost,
  options: InspectOptions,
  signal: AbortSignal,
): Promise<Installation> {
  const { home, user, cluster = 'hivemq', comparison } = options;
  const rows = new Rows((await host.script(inspectProgram, [home], { asUser: user, timeout, signal })).stdout);
  checkThere(host, options, rows);
  const real = rows.first('real') ?? home;
  const facts = processFacts(rows);
  const unit = await readUnit(host, options, rows, facts?.pid ?? null, signal);
  const set = unitEnvironment(unit);
  // Of a process that does not run, only its unit is known.
  const values = facts ? facts.environment : unit ? set : null;
  const folders = foldersOf(real, facts?.words ?? [], values ?? {});
  const places = [folders.conf, folders.log, folders.license, folders.extensions].map(({ path }) => path);
  const [answer, java] = await Promise.all([
    host.script(foldersProgram, places, { asUser: user, timeout, signal }),
    javaOf(host, options, facts, signal),
  ]);
  const lying = new Rows(answer.stdout);
  const unreadable = lying.first('unreadable');
  if (unreadable !== undefined)
    throw refused(host, `${user} may not read ${unreadable}: name the account of the broker as broker.user`);
  const [configSha256, configText] = lying.all('config.xml')[0] ?? [];
  const logbackText = lying.all('logback.xml')[0]?.[1];
  const config = readConfig(configText === undefined ? null : decoded(configText), cluster);
  const masking = new Masking(cluster);
  const placeholders = config.found.filter(({ kind }) => kind === 'placeholder');
  const names = placeholders.flatMap(({ value }) => wholePlaceholder.exec(value)?.[1] ?? []);
  for (const { reference, path, kind, value } of config.found)
    if (kind !== 'placeholder') masking.hide(path, value, reference);
  const wanted = { inConfig: openPlaceholders(config.text ?? ''), secret: names, inUnit: Object.keys(set), cluster };
  const { environment, otherVariables } = maskedEnvironment(values ?? {}, wanted, masking);
  const process = facts && processOf(facts, masking);
  const stray = strayOptions(facts?.words ?? [], values?.['JAVA_OPTS'] ?? '');
  const health = process ? await healthVersion(host, config, signal) : null;
  const versions = versionsOf(rows, lying, real, health);
  const supervising = { systemd: rows.first('systemd') !== undefined, unit: maskedUnit(unit, masking) };
  const strayJavaOptions = masking.words(stray);
  return {
    home,
    layout: layoutOf(rows),
    realPath: real,
    versionFolder: posix.basename(real),
    version: versions[0]?.version ?? null,
    versions,
    jarSha256: rows.first('jar') ?? '',
    config: config.text,
    configProblem: config.problem,
    configSha256: configSha256 ?? null,
    logback: readLogback(logbackText === undefined ? null : decoded(logbackText), environment),
    environment,
    otherVariables,
    strayJavaOptions,
    folders,
    licenses: lying.all('license').map(([name = '', sha256 = '', bytes]) => ({ name, sha256, bytes: Number(bytes) })),
    extensions: extensionsOf(lying, folders.extensions.path),
    process,
    supervision: supervising,
    ports: rows.all('port').flatMap(([kind = '', local = '']) => portOf(kind, local) ?? []),
    java,
    secrets: sightings(config, masking, values).map(({ value, ...one }) => ({
      ...one,
      variant: comparison && value !== undefined ? comparison.variantOf(one.reference, value) : null,
    })),
  };
}
