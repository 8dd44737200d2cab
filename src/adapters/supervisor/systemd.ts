import { posix } from 'node:path';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { ProcessState, SupervisedNode, Supervisor } from '../ports/index.js';

/** Milliseconds; a unit of type notify answers only when the broker has said that it is ready. */
const startTimeout = 300_000;

const unitOf = (node: SupervisedNode): string => `hivekeeper-${node.cluster}.service`;
const markerOf = (node: SupervisedNode): string => posix.join(node.home, '.hivekeeper/disabled');

/** Pid as systemd knows it, and the kernel's start time: field 22 of /proc/PID/stat, counted after the name in parentheses. */
const stateProgram = `
pid=$(systemctl show --property=MainPID --value -- "$1") || exit 1
[ "\${pid:-0}" != 0 ] || exit 0
stat=$(cat "/proc/$pid/stat" 2>/dev/null) || exit 0
stat=\${stat##*) }
set -- $stat
[ "$1" = Z ] || [ "$1" = X ] || echo "$pid \${20}"`;

/** Brokers as units `hivekeeper-<cluster>.service`, which Hivekeeper renders and which systemd starts again after a crash. */
export class SystemdSupervisor implements Supervisor {
  /** `runtimeFolder`: where systemd reads units that a reboot forgets. */
  constructor(private readonly runtimeFolder = '/run/systemd/system') {}

  async state(node: SupervisedNode): Promise<ProcessState> {
    const result = await node.host.script(stateProgram, [unitOf(node)]);
    const [pid, startTime] = result.stdout.trim().split(' ');
    return pid && startTime ? { running: true, pid: Number(pid), startTime } : { running: false };
  }

  async start(node: SupervisedNode, script: 'run.sh' | 'recovery.sh'): Promise<'started' | 'already-running'> {
    const { host } = node;
    if ((await host.exec({ argv: ['test', '-e', markerOf(node)], asUser: node.user })).code === 0) {
      const message = `${host.name}: the broker of ${node.cluster} was not started: it was disabled when it left the cluster; remove ${markerOf(node)} to allow a start.`;
      throw new HivekeeperError('BrokerStartFailed', message, { host: host.name, script });
    }
    if ((await this.state(node)).running) return 'already-running';
    if (script === 'recovery.sh') await this.prepareRecovery(node);
    // A unit that crashed too often would refuse this start, which somebody asked for.
    await host.exec({ argv: ['systemctl', 'reset-failed', unitOf(node)], asUser: 'root' });
    try {
      await systemctl(node, ['enable', unitOf(node)]);
      await systemctl(node, ['start', unitOf(node)], startTimeout);
    } catch (error) {
      if (script === 'recovery.sh') await this.forgetRecovery(node);
      throw startFailure(node, script, error);
    }
    return 'started';
  }

  async requestStop(node: SupervisedNode): Promise<'requested' | 'not-running'> {
    if (!(await this.state(node)).running) return 'not-running';
    await systemctl(node, ['stop', '--no-block', unitOf(node)]);
    return 'requested';
  }

  async disable(node: SupervisedNode): Promise<void> {
    await node.host.writeFile(markerOf(node), '', { mode: 0o644, asUser: node.user });
    await systemctl(node, ['disable', unitOf(node)]);
  }

  async enable(node: SupervisedNode): Promise<void> {
    await node.host.run({ argv: ['rm', '-f', '--', markerOf(node)], asUser: node.user });
    await systemctl(node, ['enable', unitOf(node)]);
  }

  /**
   * A drop-in for exactly one start: its own ExecStartPost removes it and reloads, so that a later crash or reboot runs
   * run.sh again, even when the worker is gone by then.
   */
  private async prepareRecovery(node: SupervisedNode): Promise<void> {
    const path = this.dropInOf(node);
    const text = [
      '# Written by Hivekeeper for one start.',
      '[Service]',
      'ExecStart=',
      `ExecStart=${posix.join(node.home, 'current/bin/recovery.sh')}`,
      `ExecStartPost=+/bin/sh -c 'rm -f ${path} && systemctl daemon-reload'`,
      '',
    ].join('\n');
    await node.host.run({ argv: ['mkdir', '-p', posix.dirname(path)], asUser: 'root' });
    await node.host.run({ argv: ['tee', path], stdin: text, asUser: 'root' });
    await systemctl(node, ['daemon-reload']);
  }

  private dropInOf(node: SupervisedNode): string {
    return posix.join(this.runtimeFolder, `${unitOf(node)}.d/recovery.conf`);
  }

  private async forgetRecovery(node: SupervisedNode): Promise<void> {
    await node.host.run({ argv: ['rm', '-f', this.dropInOf(node)], asUser: 'root' });
    await systemctl(node, ['daemon-reload']);
  }
}

async function systemctl(node: SupervisedNode, args: readonly string[], timeout = 60_000): Promise<void> {
  await node.host.run({ argv: ['systemctl', ...args], asUser: 'root', timeout });
}

function startFailure(node: SupervisedNode, script: string, error: unknown): unknown {
  if (!isHivekeeperError(error, 'CommandFailed')) return error;
  const { host } = node;
  const message = `${host.name}: systemd did not start ${unitOf(node)}: ${error.message} See journalctl -u ${unitOf(node)} there.`;
  return new HivekeeperError('BrokerStartFailed', message, { host: host.name, script }, { cause: error });
}
