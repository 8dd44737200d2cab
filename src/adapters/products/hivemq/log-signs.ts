import type { LogSigns } from '../../../domain/upgrade/index.js';
import type { DrivenNode, LogMarks } from '../../ports/index.js';
import { memberOf } from './context.js';

/**
 * Counted on the host, so that no client's detail travels. Lines of log/event.log are those of the Community Edition's class
 * EventLog, in the pattern `%-24(%d)- %msg`: a client that went without a DISCONNECT `disconnected ungracefully.`, one that
 * the broker cut off `was disconnected. reason: REASON.`. A client that came again elsewhere, and one that somebody has
 * moved, is not lost.
 */
const program = `
home=$1 from_log=$2 from_events=$3
since() {
  [ -r "$1" ] || return 0
  from=$2
  [ "$(wc -c <"$1")" -ge "$from" ] || from=0
  tail -c "+$((from + 1))" -- "$1"
}
size() { if [ -r "$1" ]; then wc -c <"$1"; else echo none; fi; }
log=$home/log/hivemq.log events=$home/log/event.log
echo "log $(size "$log")"
echo "events $(size "$events")"
[ -n "$from_log" ] || exit 0
date='^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}[,.][0-9]{3} +'
echo "errors $(since "$log" "$from_log" | grep -acE "\${date}ERROR +- ")"
echo "first $(since "$log" "$from_log" | grep -aE "\${date}ERROR +- " | grep -aivm 1 client | cut -c 1-500)"
echo "default $(since "$log" "$from_log" | grep -aE "\${date}[A-Z]+ +- .*Using (HiveMQ )?default config" | head -n 1)"
if [ -r "$events" ]; then
  echo "losses $(since "$events" "\${from_events:-0}" | grep -aE "\${date}?- Client ID: .* (disconnected ungracefully|was disconnected\\. reason: .*)\\.$" |
    grep -acivE 'reason: [^:]*(same client ?id|extension system|administrative)[^:]*\\.$')"
fi
:`;

/** Where the broker's logs end now. */
export async function logMarks(node: DrivenNode, signal: AbortSignal): Promise<LogMarks> {
  const { log, events } = await read(node, '', '', signal);
  return { log, events };
}

/** What its logs tell since then. A log that was rolled over is read from its beginning. */
export function signsSince(node: DrivenNode, { log, events }: LogMarks, signal: AbortSignal): Promise<LogSigns> {
  return read(node, String(log), String(events ?? 0), signal);
}

async function read(node: DrivenNode, log: string, events: string, signal: AbortSignal): Promise<LogSigns> {
  const { host, supervised } = memberOf(node.spec, node.name, node.host);
  const { home, user } = supervised;
  const { stdout } = await host.script(program, [home, log, events], { asUser: user, signal });
  const said = new Map(
    stdout.split('\n').map((line) => {
      const blank = line.indexOf(' ');
      return [line.slice(0, blank), line.slice(blank + 1).trim()] as const;
    }),
  );
  const number = (key: string): number | null => {
    const value = said.get(key);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
  return {
    log: number('log') ?? 0,
    events: number('events'),
    errors: number('errors') ?? 0,
    firstError: said.get('first') || null,
    defaultConfig: said.get('default') || null,
    losses: number('losses'),
  };
}
