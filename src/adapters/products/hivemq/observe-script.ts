import { logLinesFunction } from './log-report.js';

/** Files below home whose hash is always looked at; those of the spec come on top. */
export const managedFiles = ['conf/config.xml', 'conf/logback.xml', 'conf/hivekeeper.env'] as const;

/** Begins what is told of one extension. */
export const extensionMark = 'hivekeeper-extension';
const description = 'hivemq-extension.xml';

/**
 * Everything that the disk of a node tells, in one round trip: lines of a key, a tab and a value, texts in base64.
 * Parameters: home, the files to hash, `--links`, the symbolic links to read; all relative to home. A part that cannot be
 * read prints nothing. Descriptions of extensions travel together, because each process that is started here takes time
 * on every node at every look.
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
links=
for file; do
  case $file in
    --links) links=yes; continue ;;
    */../*|../*|*/..) continue ;;
  esac
  if [ -n "$links" ]; then
    [ -L "$home/$file" ] && target=$(readlink -- "$home/$file") && printf 'link\\t%s\\t%s\\n' "$file" "$target"
  elif [ -f "$home/$file" ] && [ -r "$home/$file" ]; then
    sum=$(sha256sum <"$home/$file") && printf 'sha256\\t%s %s\\n' "\${sum%% *}" "$file"
  fi
done
extensions() {
  for folder in "$home"/extensions/*/; do
    [ -d "$folder" ] || continue
    folder=\${folder%/} enabled=yes bundled=no archive=
    [ ! -e "$folder/DISABLED" ] || enabled=no
    [ ! -d "$home/current/extensions/\${folder##*/}" ] || bundled=yes
    [ ! -f "$folder/.hivekeeper-archive" ] || read -r archive rest <"$folder/.hivekeeper-archive"
    printf '\\0${extensionMark}\\0%s %s %s\\0%s\\0' "$enabled" "$bundled" "\${archive:--}" "\${folder##*/}"
    [ ! -f "$folder/${description}" ] || head -c 65536 -- "$folder/${description}"
  done
}
if [ -x "$home" ] && { [ ! -e "$home/extensions" ] || { [ -r "$home/extensions" ] && [ -x "$home/extensions" ]; }; }; then
  printf 'extensions\\t%s\\n' "$(extensions 2>/dev/null | base64 | tr -d '\\n')"
fi
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
