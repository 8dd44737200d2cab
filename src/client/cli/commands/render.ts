import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { balancerHosts, findHost, haproxyOf, nodeHosts, type ClusterSpec } from '../../../domain/spec/index.js';
import { renderBalancer } from '../../../render/haproxy/index.js';
import { balancerSudoers } from '../../../render/haproxy/sudoers.js';
import { rendererOf } from '../../../render/products/index.js';
import { secretsPath, type NodeManifest } from '../../../render/node-manifest.js';
import type { RenderedFile } from '../../../render/rendered-file.js';
import { unitName } from '../../../render/systemd/names.js';
import { nameFiles } from '../../content/index.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { loadSpecFile } from '../spec-file/index.js';
import type { CommandModule } from './index.js';

/** The hosts that a first deployment would choose. */
const firstMembers = (spec: ClusterSpec) =>
  nodeHosts(spec)
    .slice(0, spec.nodes)
    .map((host) => host.name);

/** Files with secrets are shown with the names of these, as they are before an activity fills them in. */
function manifestFiles({ files, secretFiles, variables }: NodeManifest): RenderedFile[] {
  const templates = secretFiles.map(({ path, under, template }) => ({
    path: under === 'home' ? path : `user-home/${path}`,
    content: template,
    mode: 0o600,
  }));
  const secrets = variables.map(({ name }) => `${name}="@{${name}}"\n`).join('');
  return [
    ...files.map(({ path, content, mode }) => ({ path, content, mode })),
    ...templates,
    ...(variables.length > 0 ? [{ path: secretsPath, content: secrets, mode: 0o600 }] : []),
  ];
}

function filesOf(spec: ClusterSpec, members: readonly string[], name: string): RenderedFile[] {
  const renderer = rendererOf(spec);
  const files = manifestFiles(renderer.manifest(spec, members, name));
  if (spec.broker.supervisor === 'systemd') {
    files.push({ path: `systemd/${unitName(spec.name)}`, content: renderer.systemdUnit(spec, name), mode: 0o644 });
  }
  if (findHost(spec, name)?.ssh.become === 'sudo') {
    files.push({ path: `sudoers/hivekeeper-${spec.name}`, content: renderer.sudoers(spec, name), mode: 0o440 });
  }
  return files;
}

/** What a host of HAProxy would get. */
function balancerFilesOf(spec: ClusterSpec, members: readonly string[], name: string): RenderedFile[] {
  const { files, secretFiles, units } = renderBalancer(spec, members, name);
  const found = [
    ...files,
    ...secretFiles.map(({ path, template }) => ({ path, content: template, mode: 0o600 })),
    ...units.map((unit) => ({ path: `systemd/${unit.name}`, content: unit.content, mode: 0o644 })),
  ];
  if (findHost(spec, name)?.ssh.become !== 'sudo') return found;
  return [
    ...found,
    { path: `sudoers/hivekeeper-${spec.name}-balancer`, content: balancerSudoers(spec, name), mode: 0o440 },
  ];
}

const balancersOf = (spec: ClusterSpec): string[] =>
  haproxyOf(spec) === undefined ? [] : balancerHosts(spec).map(({ name }) => name);

async function writeRendered(folder: string, { path, content, mode }: RenderedFile): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  // A file of an earlier run may be read-only.
  await chmod(target, 0o600).catch(() => undefined);
  await writeFile(target, content);
  await chmod(target, mode);
}

function chooseNodes(spec: ClusterSpec, wanted: string | undefined): string[] {
  if (wanted === undefined) return firstMembers(spec);
  const able = nodeHosts(spec).map((host) => host.name);
  if (able.includes(wanted)) return [wanted];
  throw new CliError(exitCodes.usage, `no host with the role node is named ${wanted}; there are ${able.join(', ')}`);
}

/** `hivekeeper render FILE --out DIR`: the files that nodes would get. */
export const registerRender: CommandModule = (program, io) => {
  program
    .command('render')
    .summary('write the files that the nodes would get')
    .description(
      'Writes the files that the nodes of a first deployment would get, one folder for each node. ' +
        'Secrets are not resolved, and no host is touched.',
    )
    .argument('<file>', 'cluster spec, YAML or JSON')
    .requiredOption('--out <folder>', 'folder to write to; it is made when it does not exist')
    .option('--node <name>', 'only this host, as a member beside those of a first deployment')
    .action(async (file, options) => {
      const spec = await nameFiles((await loadSpecFile(file, io)).spec);
      const members = firstMembers(spec);
      const nodes = chooseNodes(spec, options.node).map((name) => [name, filesOf(spec, members, name)] as const);
      const balancers = options.node === undefined ? balancersOf(spec) : [];
      const others = balancers.map((name) => [name, balancerFilesOf(spec, members, name)] as const);
      for (const [name, files] of [...nodes, ...others]) {
        const folder = join(resolve(io.cwd, options.out), name);
        for (const one of files) await writeRendered(folder, one);
        io.stdout.write(`${join(options.out, name)}: ${files.map((one) => one.path).join(', ')}\n`);
      }
    });
};
