import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { ProcessState, SupervisedNode, Supervisor } from '../ports/index.js';
import { environmentReader } from './environment-reader.js';

const exits = { disabled: 77, busy: 78, gone: 79, missing: 80 } as const;

/**
 * Functions shared by the programs. A process is known by its pid and the kernel's start time, field 22 of
 * /proc/PID/stat counted after the name in parentheses, which may hold anything; a zombie is gone.
 */
export const processLibrary = `
state=$1/.hivekeeper
started() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=\${stat##*) }
  set -- $stat
  [ "$1" != Z ] && [ "$1" != X ] && echo "\${20}"
}
alive() {
  pid= time=
  [ -s "$state/broker.pid" ] && read -r pid time <"$state/broker.pid"
  [ -n "$pid" ] && [ "$(started "$pid")" = "$time" ]
}`;

const stateProgram = `${processLibrary}
if alive; then echo "$pid $time"; fi`;

const startProgram = `${processLibrary}
${environmentReader}
home=$1 script=$2
[ -x "$home/current/bin/$script" ] || { echo "$home/current/bin/$script is not there" >&2; exit ${exits.missing}; }
exec 8>>"$state/start.lock" || exit 1
flock -w 10 8 || exit ${exits.busy}
[ ! -e "$state/disabled" ] || exit ${exits.disabled}
if alive; then echo already; exit 0; fi
mkdir -p -- "$home/log" && cd "$home/current" || exit 1
read_environment "$home/conf/hivekeeper.env"
read_environment "$home/conf/hivekeeper-secrets.env"
ulimit -n "$(ulimit -Hn)" 2>/dev/null
rm -f -- "$state/broker.pid"
HIVEKEEPER_STATE=$state setsid sh -c '
  stat=$(cat /proc/$$/stat)
  stat=\${stat##*) }
  script=$1
  set -- $stat
  echo "$$ \${20}" >"$HIVEKEEPER_STATE/broker.pid.new" && mv -f "$HIVEKEEPER_STATE/broker.pid.new" "$HIVEKEEPER_STATE/broker.pid"
  unset HIVEKEEPER_STATE
  exec "$script"
' sh "$home/current/bin/$script" </dev/null >>"$home/log/console.log" 2>&1 8>&- 9>&- &
child=$!
tries=0
until [ -s "$state/broker.pid" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] && kill -0 "$child" 2>/dev/null || [ -s "$state/broker.pid" ] || exit ${exits.gone}
  sleep 0.01
done
echo started`;

const stopProgram = `${processLibrary}
if alive && kill -TERM "$pid"; then echo requested; else echo gone; fi`;

/** Asks the process that the home names to end. */
export async function requestStopOfProcess(node: SupervisedNode): Promise<'requested' | 'not-running'> {
  return (await run(node, stopProgram)) === 'requested' ? 'requested' : 'not-running';
}

const disableProgram = `${processLibrary}
mkdir -p -- "$state" && : >"$state/disabled" && sync -- "$state/disabled"`;

const enableProgram = `${processLibrary}
rm -f -- "$state/disabled"`;

/**
 * Brokers as detached processes of their user, without an init system. They survive the worker and its connections,
 * not a reboot of the host: say so where it is chosen.
 */
export class ProcessSupervisor implements Supervisor {
  async state(node: SupervisedNode): Promise<ProcessState> {
    const [pid, startTime] = (await run(node, stateProgram)).split(' ');
    return pid && startTime ? { running: true, pid: Number(pid), startTime } : { running: false };
  }

  async start(node: SupervisedNode, script: 'run.sh' | 'recovery.sh'): Promise<'started' | 'already-running'> {
    try {
      return (await run(node, startProgram, [script])) === 'already' ? 'already-running' : 'started';
    } catch (error) {
      throw startFailure(node, script, error);
    }
  }

  requestStop(node: SupervisedNode): Promise<'requested' | 'not-running'> {
    return requestStopOfProcess(node);
  }

  async disable(node: SupervisedNode): Promise<void> {
    await run(node, disableProgram);
  }

  async enable(node: SupervisedNode): Promise<void> {
    await run(node, enableProgram);
  }

  /** A broker that was started by hand is known by its pid, and nothing starts it again. */
  takeOver(): Promise<void> {
    return Promise.resolve();
  }
}

async function run(node: SupervisedNode, program: string, parameters: readonly string[] = []): Promise<string> {
  const result = await node.host.script(program, [node.home, ...parameters], { asUser: node.user });
  return result.stdout.trim();
}

function startFailure(node: SupervisedNode, script: string, error: unknown): unknown {
  if (!isHivekeeperError(error, 'CommandFailed')) return error;
  const { code } = error.details;
  const reasons: Readonly<Record<number, string>> = {
    [exits.disabled]: `it was disabled when it left the cluster; remove ${node.home}/.hivekeeper/disabled to allow a start`,
    [exits.gone]: `${script} ended at once; see ${node.home}/log/console.log`,
    [exits.missing]: `${node.home}/current/bin/${script} is not an executable file; is a package installed`,
  };
  const reason = typeof code === 'number' ? reasons[code] : undefined;
  if (reason === undefined) return error;
  const message = `${node.host.name}: the broker of ${node.cluster} was not started: ${reason}.`;
  return new HivekeeperError('BrokerStartFailed', message, { host: node.host.name, script }, { cause: error });
}
