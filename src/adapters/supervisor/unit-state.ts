import { unitName } from '../../render/systemd/names.js';
import type { ProcessState, SupervisedNode } from '../ports/index.js';

/** A unit as `systemctl show` tells of it. */
export interface UnitState {
  readonly process: ProcessState;
  /** ActiveState: `active`, `activating` (also while a restart is waited for), `deactivating`, `inactive`, `failed`. */
  readonly active: string;
  /** Whether a boot starts it. */
  readonly enabled: boolean;
  /** Whether the files of the unit changed since systemd has read them. */
  readonly outdated: boolean;
}

/** Anybody may ask. The start time is the kernel's: field 22 of /proc/PID/stat, counted after the name in parentheses. */
const program = `
said=$(systemctl show --property=ActiveState,MainPID,UnitFileState,NeedDaemonReload -- "$1") || exit 1
printf '%s\\n' "$said"
pid=$(printf '%s\\n' "$said" | sed -n 's/^MainPID=//p')
[ "\${pid:-0}" != 0 ] || exit 0
stat=$(cat "/proc/$pid/stat" 2>/dev/null) || exit 0
stat=\${stat##*) }
set -- $stat
[ "$1" = Z ] || [ "$1" = X ] || echo "StartTime=\${20}"`;

/** Asks systemd for a node's unit; one that is not installed is at rest and not enabled. */
export async function readUnit({ host, cluster }: Pick<SupervisedNode, 'host' | 'cluster'>): Promise<UnitState> {
  const { stdout } = await host.script(program, [unitName(cluster)]);
  const said = new Map(
    stdout.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );
  const startTime = said.get('StartTime');
  return {
    process: startTime ? { running: true, pid: Number(said.get('MainPID')), startTime } : { running: false },
    active: said.get('ActiveState') ?? 'inactive',
    enabled: said.get('UnitFileState') === 'enabled',
    outdated: said.get('NeedDaemonReload') === 'yes',
  };
}

/** Neither runs nor is about to. */
export function isAtRest({ active }: UnitState): boolean {
  return active === 'inactive' || active === 'failed';
}
