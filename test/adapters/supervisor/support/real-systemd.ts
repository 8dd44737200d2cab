import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Requirement } from '../../../support/requirements.js';
import { until } from '../../../support/until.js';

const PROGRAM = '/lib/systemd/systemd';
export const BROKER = { name: 'hivemq', id: 64_102 };

/** Targets that a unit refers to; this machine's own must not be started a second time. */
const TARGETS = ['hivekeeper', 'sysinit', 'basic', 'multi-user', 'shutdown', 'network-online', 'rescue', 'emergency'];

/** Enters a control group of its own, then gives systemd what it takes for a machine: processes, /run, units, accounts. */
const BOOT = `
set -e
folder=$1
mount -t cgroup2 none "$folder/cgroups"
mkdir "$folder/cgroups/$2"
echo $$ >"$folder/cgroups/$2/cgroup.procs"
exec unshare --cgroup --pid --fork --kill-child --mount-proc sh -c '
  set -e
  umount -l /sys/fs/cgroup 2>/dev/null || true
  mount -t tmpfs none /run
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p /run/systemd/system
  mount --bind "$1/units" /etc/systemd/system
  for file in passwd group; do mount --bind "$1/$file" "/etc/$file"; done
  for kind in system system-environment; do
    [ ! -d "/lib/systemd/$kind-generators" ] || mount -t tmpfs none "/lib/systemd/$kind-generators"
  done
  export container=hivekeeper SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/systemd/system
  exec ${PROGRAM} --system --unit=hivekeeper.target --log-target=console --show-status=no
' sh "$folder"
`;

/** Its control groups outlive it. */
const SWEEP = `mount -t cgroup2 none "$1/cgroups" && find "$1/cgroups/$2" -depth -type d -exec rmdir {} +`;

/** A real systemd as the first process of namespaces of its own. */
export interface RealSystemd {
  readonly folder: string;
  /** Words before a command that shall run where that systemd is. */
  readonly enter: readonly string[];
  stop(): Promise<void>;
}

/** Boots it and waits until it answers. Needs root, and a kernel that lets root mount control groups. */
export async function bootSystemd(): Promise<RealSystemd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-pid1-'));
  const at = (name: string): string => path.join(folder, name);
  chmodSync(folder, 0o755);
  for (const name of ['cgroups', 'units']) mkdirSync(at(name));
  for (const name of TARGETS) writeFileSync(at(`units/${name}.target`), '[Unit]\nDefaultDependencies=no\n');
  const account = `${BROKER.name}:x:${BROKER.id}`;
  writeFileSync(at('passwd'), `root:x:0:0:root:/root:/bin/sh\n${account}:${BROKER.id}::${folder}:/bin/sh\n`);
  writeFileSync(at('group'), `root:x:0:\n${account}:\n`);
  const group = path.basename(folder);
  const isolated = ['--mount', '--propagation', 'private', 'sh', '-c'];
  const child = spawn('unshare', [...isolated, BOOT, 'sh', folder, group], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await until(() => child.exitCode !== null || child.signalCode !== null);
    await until(() => sweeps(isolated, folder, group));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`systemd did not start: ${said}`);
      return answers(child);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, enter: enter(child), stop };
}

function sweeps(isolated: readonly string[], folder: string, group: string): boolean {
  try {
    execFileSync('unshare', [...isolated, SWEEP, 'sh', folder, group], { stdio: 'ignore' });
    return true;
  } catch {
    return !existsSync(path.join(folder, 'cgroups'));
  }
}

/** The first child of `unshare --fork` is the first process of the new namespace. */
function enter({ pid = 0 }: ChildProcess): string[] {
  const [first = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return ['nsenter', '-t', first, '--mount', '--pid', '--cgroup', '--'];
}

function answers(child: ChildProcess): boolean {
  try {
    const [program = '', ...args] = enter(child);
    const said = execFileSync(program, [...args, 'systemctl', 'is-system-running'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return said.trim() === 'running';
  } catch {
    return false;
  }
}

/** Whether this machine lets a real systemd run beside its own first process. */
export async function realSystemd(): Promise<Requirement> {
  const install = 'apt-get install systemd util-linux, and run as root.';
  if (process.getuid?.() !== 0 || !existsSync(PROGRAM))
    return { missing: 'There is no systemd to boot here.', install };
  try {
    await (await bootSystemd()).stop();
    return { missing: undefined, install };
  } catch (error) {
    return { missing: `A systemd cannot be booted here: ${String(error)}`, install };
  }
}

/** Gives a file to the broker's user. */
export function own(file: string): void {
  chownSync(file, BROKER.id, BROKER.id);
}
