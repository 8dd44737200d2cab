import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { BalancerTarget } from './target.js';
import { unitCommands } from '../../render/haproxy/unit-commands.js';

/** Has systemd know the units; none with supervisor `process`. @returns the names of those that were installed */
export async function installUnits({ host, rendered, signal }: BalancerTarget): Promise<string[]> {
  const installed: string[] = [];
  for (const { name, content } of rendered.units) {
    const commands = unitCommands(name, rendered.home);
    if ((await host.readFile(commands.path)) === content) continue;
    await host.writeFile(commands.staged, content, { mode: 0o644 });
    try {
      await host.run({ argv: commands.install, asUser: 'root' }, signal);
      await host.run({ argv: commands.daemonReload, asUser: 'root' }, signal);
    } catch (error) {
      if (!isHivekeeperError(error, 'CommandFailed')) throw error;
      const message = `${host.name}: the unit ${commands.path} was not installed: ${error.message} Allow it in sudoers, or run there: sudo ${commands.install.join(' ')} && sudo systemctl daemon-reload`;
      throw new HivekeeperError('CommandFailed', message, { host: host.name, path: commands.path }, { cause: error });
    }
    installed.push(name);
  }
  return installed;
}

/** Starts what belongs to the balancer besides HAProxy (keepalived), and has it read what changed. */
export async function reloadOthers(
  { host, rendered, signal }: BalancerTarget,
  changed: readonly string[],
): Promise<void> {
  for (const { name } of rendered.units.slice(1)) {
    const commands = unitCommands(name, rendered.home);
    const active = (await host.exec({ argv: commands.isActive }, signal)).code === 0;
    if (active && changed.length === 0) continue;
    await host.run({ argv: commands.enable, asUser: 'root' }, signal);
    await host.run({ argv: active ? commands.reload : commands.start, asUser: 'root' }, signal);
  }
}
