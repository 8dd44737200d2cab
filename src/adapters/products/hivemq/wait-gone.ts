import type { DrivenNode } from '../../ports/index.js';
import type { HivemqDependencies, Member } from './context.js';

/** Milliseconds between two looks once the process itself is gone and only its supervisor still winds up. */
const supervisorEvery = 50;
/** Seconds that the host watches in one go; then it is asked anew, so that nothing stays behind for long. */
const watchFor = 20;

/** Watches on the host, where a look costs nothing: a process of another start time is another one, a zombie is gone. */
const program = `
look() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=\${stat##*) }
  set -- $stat
  [ "$1" != Z ] && [ "$1" != X ] && echo "\${20}"
}
pid=$1
began=$(look "$pid") || exit 0
tries=$((${watchFor} * 50))
while [ "$tries" -gt 0 ] && [ "$(look "$pid")" = "$began" ]; do
  sleep 0.02
  tries=$((tries - 1))
done`;

/** Returns once the broker's process is really gone, however long that takes. */
export async function untilGone(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  { host, supervised }: Member,
  signal: AbortSignal,
): Promise<void> {
  for (let looks = 0; ; looks++) {
    const state = await dependencies.supervisor(node.spec).state(supervised);
    if (!state.running) return;
    if (looks > 0) await dependencies.clock.sleep(supervisorEvery, signal);
    const options = { asUser: supervised.user, signal, timeout: 2 * watchFor * 1000 };
    await host.script(program, [String(state.pid)], options);
  }
}
