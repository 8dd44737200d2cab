import { logLinesFunction } from './log-report.js';

/** Files below home whose hash is always looked at; those that node.json names come on top. */
export const managedFiles = ['conf/config.xml', 'conf/logback.xml', 'conf/hivekeeper.env'] as const;

/**
 * Everything that the disk of a node tells, in one round trip: lines of a key, a tab and a value, texts in base64.
 * Parameters: home, then the managed files. A part that cannot be read prints nothing.
 */
export const observeProgram = `${logLinesFunction}
home=$1
shift
identity=$home/.hivekeeper/node.json
text() { [ -r "$2" ] && printf '%s\\t%s\\n' "$1" "$(base64 <"$2" | tr -d '\\n')"; }
[ -e "$identity" ] && printf 'identity-there\\tyes\\n'
text identity "$identity"
text config "$home/conf/config.xml"
[ -r "$home/conf/config.xml" ] && printf 'config-changed\\t%s\\n' "$(stat -L -c %Y -- "$home/conf/config.xml")"
for folder in "$home"/packages/hivemq-*/; do
  [ -d "$folder" ] && folder=\${folder%/} && printf 'installed\\t%s\\n' "\${folder##*/}"
done
[ -L "$home/current" ] && target=$(readlink -- "$home/current") && printf 'current\\t%s\\n' "\${target##*/}"
{
  printf '%s\\n' "$@"
  grep -oE '"[^"]+" *: *"[0-9a-f]{64}"' "$identity" 2>/dev/null | sed 's/" *:.*//; s/^"//'
} | sort -u | while IFS= read -r file; do
  case /$file/ in */../*) continue ;; esac
  if [ -f "$home/$file" ] && [ -r "$home/$file" ]; then
    sum=$(sha256sum <"$home/$file") && printf 'sha256\\t%s %s\\n' "\${sum%% *}" "$file"
  fi
done
kilobytes() { [ -e "$1" ] && du -sk -- "$1" 2>/dev/null | cut -f 1; }
place=$home/data
[ -d "$place" ] || place=$home
if [ -d "$place" ]; then
  printf 'free\\t%s\\n' "$(df -Pk -- "$place" | awk 'NR == 2 { print $4 }')"
  printf 'data\\t%s\\n' "$(kilobytes "$home/data/.")"
  printf 'copy\\t%s\\n' "$(kilobytes "$home/data/cluster-backup")"
fi
printf 'log\\t%s\\n' "$(log_lines "$home" | base64 | tr -d '\\n')"`;

/** The answer of `observeProgram`: values by key. */
export function parseReport(stdout: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const key = line.slice(0, tab);
    values.set(key, [...(values.get(key) ?? []), line.slice(tab + 1)]);
  }
  return values;
}

/** A text value, decoded; null where the host printed none. */
export function textOf(report: ReadonlyMap<string, readonly string[]>, key: string): string | null {
  const value = report.get(key)?.[0];
  return value === undefined ? null : Buffer.from(value, 'base64').toString('utf8');
}

/** A number; null where the host printed none. */
export function numberOf(report: ReadonlyMap<string, readonly string[]>, key: string): number | null {
  const value = report.get(key)?.[0];
  return value === undefined || !/^\d+$/.test(value) ? null : Number(value);
}
