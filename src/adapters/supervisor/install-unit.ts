import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import { stagedUnitPath, unitPath } from '../../render/systemd/names.js';
import { systemdCommands } from '../../render/systemd/root-commands.js';
import type { SupervisedNode } from '../ports/index.js';
import { readUnit } from './unit-state.js';

/**
 * Brings the unit of a node to its host and has systemd read it. One that is there already costs a look; systemd reads
 * its files again only when they changed, also when an earlier try was cut off in between.
 * @throws HivekeeperError CommandFailed that names the lines to install where sudo refuses
 */
export async function installUnit(node: SupervisedNode, unit: string): Promise<'installed' | 'unchanged'> {
  const { host, cluster, home, user } = node;
  const commands = systemdCommands(node);
  const path = unitPath(cluster);
  await host.writeFile(stagedUnitPath(cluster, home), unit, { mode: 0o644, asUser: user });
  const there = (await host.readFile(path)) === unit;
  try {
    if (!there) await host.run({ argv: commands.installUnit, asUser: 'root' });
    if (!there || (await readUnit(node)).outdated) await host.run({ argv: commands.daemonReload, asUser: 'root' });
  } catch (error) {
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    const message = `${host.name}: the unit ${path} was not installed: ${error.message} Install the sudoers lines that \`hivekeeper render\` writes, or run there: sudo ${commands.installUnit.join(' ')}`;
    throw new HivekeeperError('CommandFailed', message, { host: host.name, path }, { cause: error });
  }
  return there ? 'unchanged' : 'installed';
}
