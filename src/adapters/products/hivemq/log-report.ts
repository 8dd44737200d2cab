import { telltales } from '../../../domain/products/hivemq/log-lines.js';
import { readLog, type LogFacts } from '../../../domain/products/hivemq/log-facts.js';
import type { Member } from './context.js';

/** Newest lines that travel; "still in progress" lines repeat, so that no state is lost with older ones. */
const mostLines = 1000;

/**
 * Shell function `log_lines HOME`: prints the telling lines of the present and the previous log file, oldest first.
 * HiveMQ rolls hivemq.log over every midnight, so that a start may stand in the file before.
 */
export const logLinesFunction = `
log_lines() {
  ( cd "$1/log" 2>/dev/null || exit 0
    previous=$(ls -1t hivemq.*.log hivemq-*.log 2>/dev/null | head -n 1)
    for file in "$previous" hivemq.log; do
      if [ -n "$file" ] && [ -r "$file" ]; then
        grep -aF ${telltales.map((text) => `-e '${text}'`).join(' ')} -- "$file"
      fi
    done | tail -n ${mostLines} )
}`;

const program = `${logLinesFunction}
log=$1/log/hivemq.log
size=0 start=0
if [ -r "$log" ]; then
  size=$(wc -c <"$log")
  start=$(grep -abF 'Starting HiveMQ ' -- "$log" | grep -avF 'Starting HiveMQ extension' | tail -n 1 | cut -d : -f 1)
fi
echo "$size \${start:-0}"
echo "== lines"
log_lines "$1"
echo "== since"
if [ -n "$2" ] && [ -r "$log" ] && [ "$size" -ge "$2" ]; then tail -c "+$(($2 + 1))" -- "$log"; else log_lines "$1"; fi |
  grep -aF ${telltales.map((text) => `-e '${text}'`).join(' ')} | tail -n ${mostLines}
:`;

export interface LogReport {
  /** Bytes in log/hivemq.log now. */
  readonly size: number;
  /** Byte at which the latest start begins in that file; 0 when it stands in an older one. */
  readonly startsAt: number;
  /** Since the latest start. */
  readonly facts: LogFacts;
  /** Since the byte that was asked for; since the latest start when the file was rolled over meanwhile. */
  readonly since: LogFacts;
}

/** Path of the log that HiveMQ writes. */
export const logPath = (member: Member): string => `${member.supervised.home}/log/hivemq.log`;

/** Reads what the log tells, in one round trip. */
export async function readLogReport(member: Member, since?: number, signal?: AbortSignal): Promise<LogReport> {
  const { home, user } = member.supervised;
  const parameters = since === undefined ? [home] : [home, String(since)];
  const { stdout } = await member.host.script(program, parameters, { asUser: user, signal });
  const [head, rest] = splitAt(stdout, '\n== lines\n');
  const [lines, sinceLines] = splitAt(`\n${rest}`, '\n== since\n');
  const [size = '0', startsAt = '0'] = head.trim().split(' ');
  return {
    size: Number(size),
    startsAt: Number(startsAt),
    facts: readLog(lines.split('\n')),
    since: readLog(sinceLines.split('\n')),
  };
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
