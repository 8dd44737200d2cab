import { adoptedUnitPath, unitName } from '../../render/systemd/names.js';
import { processLibrary } from './process.js';
import type { ProcessState, SupervisedNode } from '../ports/index.js';

/** A unit as `systemctl show` tells of it. */
export interface UnitState {
  readonly process: ProcessState;
  /** ActiveState: `active`, `activating` (also while a restart is waited for), `deactivating`, `inactive`, `failed`. */
  readonly active: string;
  /** Whether a boot starts it. */
  readonly enabled: boolean;
  /** Whether `systemctl disable` has something to take back: also for a unit that is linked, or made from an init script. */
  readonly canBeDisabled: boolean;
  /** Whether the files of the unit changed since systemd has read them. */
  readonly outdated: boolean;
}

/** A broker that was there before its adoption, and what keeps it; the node's own unit has no part in it. */
export type Adopted =
  | { readonly kept: 'by-unit'; readonly name: string; readonly unit: UnitState }
  | { readonly kept: 'by-nobody'; readonly process: ProcessState };

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
export function readUnit({ host, cluster }: Pick<SupervisedNode, 'host' | 'cluster'>): Promise<UnitState> {
  return readNamed(host, unitName(cluster));
}

async function readNamed(host: SupervisedNode['host'], name: string): Promise<UnitState> {
  const { stdout } = await host.script(program, [name]);
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
    canBeDisabled: !['', 'disabled', 'static', 'masked', 'transient'].includes(said.get('UnitFileState') ?? ''),
    outdated: said.get('NeedDaemonReload') === 'yes',
  };
}

/** Files below the home are the broker's user's to read. */
const adoptedProgram = `${processLibrary}
if [ -s "$1/$2" ]; then printf 'unit %s\\n' "$(cat -- "$1/$2")"
elif [ -e "$state/broker.pid" ]; then
  if alive; then echo "process $pid $time"; else echo process; fi
fi`;

/** What kept the broker before its adoption; null for a node that Hivekeeper has started itself. */
export async function readAdopted({ host, home, user }: SupervisedNode): Promise<Adopted | null> {
  const { stdout } = await host.script(adoptedProgram, [home, adoptedUnitPath], { asUser: user });
  const [kind, name = '', startTime = ''] = stdout.trim().split(' ');
  if (kind === 'unit') return { kept: 'by-unit', name, unit: await readNamed(host, name) };
  if (kind !== 'process') return null;
  return {
    kept: 'by-nobody',
    process: startTime === '' ? { running: false } : { running: true, pid: Number(name), startTime },
  };
}

/** Neither runs nor is about to. */
export function isAtRest({ active }: UnitState): boolean {
  return active === 'inactive' || active === 'failed';
}
