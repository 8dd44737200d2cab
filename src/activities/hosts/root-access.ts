import type { RemoteHost } from '../../adapters/ports/index.js';
import { unitPath } from '../../render/systemd/names.js';
import { type Argv, makeHomeCommand, type NodePlace, systemdCommands } from '../../render/systemd/root-commands.js';

/**
 * Asks sudo, without running anything, for each command given as one word list; `-` before it names a path whose presence
 * makes the command needless. With `systemd` it looks whether that is the first process, as sd_booted(3) does.
 */
const program = `
supervisor=$1 become=$2; shift 2
[ "$supervisor" != systemd ] || [ -d /run/systemd/system ] || echo 'no systemd'
if [ "$become" != sudo ]; then
  [ "$supervisor" != systemd ] || [ "$(id -u)" = 0 ] || echo 'no root'
  exit 0
fi
while [ $# -gt 1 ]; do
  if [ "$1" = - ] || [ ! -e "$1" ]; then
    sudo -n -l -- $2 >/dev/null 2>&1 || printf 'refused %s\\n' "$2"
  fi
  shift 2
done`;

export interface RootAccess {
  /** What is missing for the commands that need root; null when nothing is. */
  readonly problem: string | null;
  /** Whether the service manager that the spec names runs there. */
  readonly supervised: boolean;
}

/**
 * Whether the log-in user may do as root what an operation will ask for. Whoever installs units by hand leaves out the
 * lines for that, so they count only where the unit is missing.
 */
export async function rootAccess(
  host: RemoteHost,
  place: NodePlace,
  {
    supervisor,
    become,
    more = [],
  }: {
    readonly supervisor: 'systemd' | 'process';
    readonly become: 'sudo' | 'none';
    /** Commands besides those of every node. */
    readonly more?: readonly Argv[];
  },
  signal?: AbortSignal,
): Promise<RootAccess> {
  const { installUnit, installRecovery: _i, removeRecovery: _r, ...others } = systemdCommands(place);
  const always = (command: Argv): string[] => ['-', command.join(' ')];
  const parameters = [
    ...[place.home, makeHomeCommand(place).join(' ')],
    ...(supervisor === 'process'
      ? []
      : [unitPath(place.cluster), installUnit.join(' '), ...[...Object.values(others), ...more].flatMap(always)]),
  ];
  const result = await host.script(program, [supervisor, become, ...parameters], signal ? { signal } : {});
  const lines = result.stdout.split('\n');
  const refused = lines.flatMap((line) => (line.startsWith('refused ') ? [line.slice('refused '.length)] : []));
  const [first, ...rest] = refused;
  const further = rest.length > 0 ? `, and ${rest.length} more` : '';
  const noRoot = lines.includes('no root') ? 'broker.supervisor systemd needs root, and ssh.become is none' : null;
  return {
    problem: first === undefined ? noRoot : `sudo -n refuses as root: ${first}${further}`,
    supervised: !lines.includes('no systemd'),
  };
}
