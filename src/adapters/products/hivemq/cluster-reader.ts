import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { HivekeeperError } from '../../../domain/errors/index.js';
import {
  adoptRequestSchema,
  bundledExtensions,
  extensionsToPack,
  type Installation,
  type PackedExtensions,
} from '../../../domain/products/hivemq/adopt/index.js';
import type { FoundNode } from '../../../domain/planning/index.js';
import { specOf } from '../../../render/products/hivemq/adopt.js';
import type { ClusterReader, ContentStore, ReadHost, ReadRequest } from '../../ports/index.js';
import { inspectInstallation, packExtension, SecretComparison, takeFile } from './adopt/index.js';

/** Clusters of HiveMQ that were made by hand. */
export const hivemqReader: ClusterReader = {
  isInstalled: '[ -e "$1/bin/hivemq.jar" ] || [ -e "$1/bin/run.sh" ] || [ -e "$1/conf/config.xml" ]',

  async read({ given, cluster, user, hosts }, store, signal) {
    const request = adoptRequestSchema.safeParse(given);
    if (!request.success) {
      const [first] = request.error.issues;
      throw new HivekeeperError(
        'InvalidInput',
        `${cluster}: ${first?.path.join('.') ?? 'spec'}: ${first?.message ?? ''}`,
      );
    }
    const comparison = new SecretComparison();
    const read = await Promise.all(
      hosts.map(async ({ name, host, home }) => {
        const installation = await inspectInstallation(host, { home, user, cluster, comparison }, signal);
        return [name, installation] as const;
      }),
    );
    const installations = Object.fromEntries(read);
    const packed = await takeContents({ user, hosts }, installations, store, signal);
    const { spec, secrets, notes, problems } = specOf(request.data, installations, packed);
    return { spec, secrets, notes, problems, nodes: read.map(([name, installation]) => foundNode(name, installation)) };
  },

  async readNode({ name: cluster, broker }, { name, host, home }, signal) {
    return foundNode(name, await inspectInstallation(host, { home, user: broker.user, cluster }, signal));
  },
};

async function takeContents(
  { user, hosts }: Pick<ReadRequest, 'user' | 'hosts'>,
  installations: Readonly<Record<string, Installation>>,
  store: ContentStore,
  signal: AbortSignal,
): Promise<PackedExtensions> {
  const byName = new Map<string, ReadHost>(hosts.map((host) => [host.name, host]));
  const options = { store, asUser: user, signal };
  for (const [name, { licenses, folders, extensions }] of Object.entries(installations)) {
    const on = byName.get(name);
    if (!on) continue;
    for (const { id, enabled, folder, files } of extensions) {
      // What comes with the package is not packed; what somebody wrote into it is taken.
      if (!enabled || !Object.hasOwn(bundledExtensions, id)) continue;
      for (const { path, sha256 } of files.filter((file) => file.path.startsWith('conf/'))) {
        await takeFile(on.host, posix.join(folder, path), sha256, options);
      }
    }
    for (const license of licenses) {
      await takeFile(on.host, posix.join(folders.license.path, license.name), license.sha256, options);
    }
  }
  const packed: Record<string, { sha256: string; bytes: number }> = {};
  for (const { id, host, folder } of extensionsToPack(installations)) {
    const on = byName.get(host);
    if (on) packed[id] = await packExtension(on.host, folder, options);
  }
  return packed;
}

function foundNode(host: string, installation: Installation): FoundNode {
  const { process, supervision, folders, home, realPath } = installation;
  const places = [home, realPath];
  const elsewhere = Object.entries(folders).flatMap(([name, { path }]) =>
    places.some((place) => posix.join(place, name) === path) ? [] : [{ name, path }],
  );
  return {
    ...{ host, elsewhere, version: installation.version, unit: supervision.unit?.name ?? null },
    process: process && { pid: process.pid, startTime: process.startTime, user: process.user },
    state: stateOf(installation),
    lines: linesOf(installation),
  };
}

/** What listens and what the log says may differ between two looks at the same node. */
function stateOf({ version, configSha256, jarSha256, logback, ...others }: Installation): string {
  const { environment, folders, licenses, extensions, process, supervision } = others;
  const counts = [version, configSha256, jarSha256, logback, environment, folders, licenses, extensions];
  const { pid, startTime, user } = process ?? { pid: null, startTime: null, user: null };
  const all = [...counts, pid, startTime, user, supervision.unit];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

function linesOf(installation: Installation): string[] {
  const { home, realPath, versions, process, supervision, folders, licenses, extensions, java } = installation;
  const { unit } = supervision;
  const own = (name: string, path: string): boolean => [home, realPath].some((at) => posix.join(at, name) === path);
  const moved = Object.entries(folders).filter(([name, { path }]) => !own(name, path));
  const sources = versions.map(({ source, version }) => `${version} by ${source}`).join(', ');
  return [
    `HiveMQ ${installation.version ?? '?'} in ${home}${realPath === home ? '' : `, which is ${realPath}`} (${sources})`,
    process === null ? 'does not run' : `runs as ${process.user}, pid ${process.pid}`,
    unit === null
      ? 'no systemd unit keeps it'
      : `kept by ${unit.name} (${unit.enabled ? 'enabled' : 'not enabled'})${unit.dropIns.length > 0 ? `, with ${unit.dropIns.map(({ path }) => path).join(', ')}` : ''}`,
    moved.length === 0
      ? 'all folders are in its home'
      : `folders elsewhere: ${moved.map(([name, { path }]) => `${name} ${path}`).join(', ')}`,
    `licenses: ${licenses.map(({ name }) => name).join(', ') || 'none'}`,
    `extensions: ${extensions.map(({ id, version, enabled }) => `${id} ${version ?? '?'}${enabled ? '' : ' (disabled)'}`).join(', ') || 'none'}`,
    ...(java === null ? [] : [`java: ${java.path}${java.version === null ? '' : ` ${java.version}`}`]),
  ];
}
