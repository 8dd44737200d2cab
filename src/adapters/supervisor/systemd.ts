import { posix } from 'node:path';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import {
  adoptedUnitPath,
  attendedStartPath,
  disabledPath,
  stagedRecoveryPath,
  unitName,
} from '../../render/systemd/names.js';
import { renderDropIn } from '../../render/systemd/recovery-drop-in.js';
import { adoptedUnitCommands, type Argv, systemdCommands } from '../../render/systemd/root-commands.js';
import type { ProcessState, SupervisedNode, Supervisor } from '../ports/index.js';
import { requestStopOfProcess } from './process.js';
import { type Adopted, isAtRest, readAdopted, readUnit } from './unit-state.js';

/** Milliseconds; a start answers when the broker's program runs, a stop of what is not yet a broker when it is gone. */
const jobTimeout = 300_000;

/** Lets the start guard pass once, in this boot. */
const attendProgram = `cat /proc/sys/kernel/random/boot_id >"$1.new" && mv -f -- "$1.new" "$1"`;

const below = (node: SupervisedNode, path: string): string => posix.join(node.home, path);

/**
 * Brokers as units `hivekeeper-<cluster>.service`, which Hivekeeper renders and installs, and which systemd starts again
 * after a crash and at a boot as far as their start guard allows. What needs root is exactly what the rendered sudoers
 * file allows. A broker that was adopted runs as it was started before, by another unit or by nobody, until its first
 * stop; from then on its own unit keeps it.
 */
export class SystemdSupervisor implements Supervisor {
  async state(node: SupervisedNode): Promise<ProcessState> {
    const { process } = await readUnit(node);
    if (process.running) return process;
    const adopted = await readAdopted(node);
    if (adopted === null) return process;
    return adopted.kept === 'by-unit' ? adopted.unit.process : adopted.process;
  }

  async start(node: SupervisedNode, script: 'run.sh' | 'recovery.sh'): Promise<'started' | 'already-running'> {
    const marker = below(node, disabledPath);
    if (await exists(node, marker)) {
      const why = `it was disabled when it left the cluster; remove ${marker} to allow a start`;
      throw notStarted(node, script, why);
    }
    const unit = await readUnit(node);
    if (unit.process.running || (await this.state(node)).running) return 'already-running';
    await this.takeOver(node);
    const commands = systemdCommands(node);
    // Waiting to be started again after a crash, or held at the guard: that start would be an unattended one.
    if (!isAtRest(unit)) await asRoot(node, commands.stop, jobTimeout);
    // A unit that crashed too often would refuse this start, which somebody asked for. It need not be known yet.
    await node.host.exec({ argv: commands.resetFailed, asUser: 'root' });
    if (!unit.enabled) await asRoot(node, commands.enable);
    try {
      await node.host.script(attendProgram, [below(node, attendedStartPath)], { asUser: node.user });
      if (script === 'recovery.sh') await this.prepareRecovery(node);
      await asRoot(node, commands.start, jobTimeout);
    } catch (error) {
      await this.forgetStart(node, script);
      const why = `systemd did not start ${unitName(node.cluster)}`;
      throw isHivekeeperError(error, 'CommandFailed')
        ? notStarted(node, script, `${why}: ${error.message} See journalctl -u ${unitName(node.cluster)} there`, error)
        : error;
    }
    return 'started';
  }

  async requestStop(node: SupervisedNode): Promise<'requested' | 'not-running'> {
    if (isAtRest(await readUnit(node))) return await requestStopOfAdopted(node);
    await asRoot(node, systemdCommands(node).requestStop);
    return 'requested';
  }

  async disable(node: SupervisedNode): Promise<void> {
    await node.host.writeFile(below(node, disabledPath), '', { mode: 0o644, asUser: node.user });
    const unit = await readUnit(node);
    const commands = systemdCommands(node);
    if (unit.enabled) await asRoot(node, commands.disable);
    // A restart that systemd has planned would come after all.
    if (!unit.process.running && !isAtRest(unit)) await asRoot(node, commands.stop, jobTimeout);
    const adopted = await readAdopted(node);
    if (adopted?.kept === 'by-unit') await disableAdopted(node, adopted);
  }

  async enable(node: SupervisedNode): Promise<void> {
    await node.host.run({ argv: ['rm', '-f', '--', below(node, disabledPath)], asUser: node.user });
    if ((await readUnit(node)).enabled) return;
    const adopted = await readAdopted(node);
    const runs = adopted?.kept === 'by-unit' ? adopted.unit.process.running : adopted?.process.running;
    // Its own unit is not installed before its first stop.
    if (runs !== true) await asRoot(node, systemdCommands(node).enable);
  }

  async takeOver(node: SupervisedNode): Promise<void> {
    const adopted = await readAdopted(node);
    if (adopted === null) return;
    if (adopted.kept === 'by-unit') {
      await disableAdopted(node, adopted);
      // One that crashed may be waiting to be started again.
      if (!isAtRest(adopted.unit)) await asRoot(node, adoptedUnitCommands(adopted.name).stop, jobTimeout);
    } else if (adopted.process.running) {
      const message = `${node.host.name}: the broker of ${node.cluster} that was started by hand still runs; stop it first.`;
      throw new HivekeeperError('BrokerNotSynchronized', message, { host: node.host.name });
    }
    const notes = [below(node, adoptedUnitPath), below(node, '.hivekeeper/broker.pid')];
    await node.host.run({ argv: ['rm', '-f', '--', ...notes], asUser: node.user });
  }

  /** For exactly one start, which removes the drop-in itself: a later crash runs run.sh, even when the worker is gone. */
  private async prepareRecovery(node: SupervisedNode): Promise<void> {
    const commands = systemdCommands(node);
    const staged = stagedRecoveryPath(node.cluster, node.home);
    await node.host.writeFile(staged, renderDropIn(node, 'recovery.sh'), { mode: 0o644, asUser: node.user });
    await asRoot(node, commands.installRecovery);
    await asRoot(node, commands.daemonReload);
  }

  /** Nothing of a start that failed may change a later one. */
  private async forgetStart(node: SupervisedNode, script: string): Promise<void> {
    const commands = systemdCommands(node);
    await node.host.exec({ argv: ['rm', '-f', '--', below(node, attendedStartPath)], asUser: node.user });
    if (script !== 'recovery.sh') return;
    await node.host.exec({ argv: commands.removeRecovery, asUser: 'root' });
    await node.host.exec({ argv: commands.daemonReload, asUser: 'root' });
  }
}

/** Its unit is disabled first: one that is stopped and comes back at a boot would find a home that is being changed. */
async function requestStopOfAdopted(node: SupervisedNode): Promise<'requested' | 'not-running'> {
  const adopted = await readAdopted(node);
  if (adopted === null) return 'not-running';
  if (adopted.kept === 'by-nobody') return await requestStopOfProcess(node);
  await disableAdopted(node, adopted);
  if (isAtRest(adopted.unit)) return 'not-running';
  await asRoot(node, adoptedUnitCommands(adopted.name).requestStop);
  return 'requested';
}

async function disableAdopted(
  node: SupervisedNode,
  { name, unit }: Extract<Adopted, { kept: 'by-unit' }>,
): Promise<void> {
  if (unit.canBeDisabled) await asRoot(node, adoptedUnitCommands(name).disable);
}

async function exists(node: SupervisedNode, path: string): Promise<boolean> {
  return (await node.host.exec({ argv: ['test', '-e', path], asUser: node.user })).code === 0;
}

async function asRoot(node: SupervisedNode, argv: Argv, timeout = 60_000): Promise<void> {
  await node.host.run({ argv, asUser: 'root', timeout });
}

function notStarted(node: SupervisedNode, script: string, why: string, cause?: unknown): HivekeeperError {
  const { host, cluster } = node;
  const message = `${host.name}: the broker of ${cluster} was not started: ${why}.`;
  return new HivekeeperError('BrokerStartFailed', message, { host: host.name, script }, { cause });
}
