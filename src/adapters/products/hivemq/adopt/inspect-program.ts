/**
 * Everything that a host tells of an installation, in one round trip: lines of a key, a tab and values with tabs between
 * them, texts in base64. Parameters: home. Reads only. A part that cannot be read prints nothing.
 */
export const inspectProgram = `
home=$1
text() { [ -r "$2" ] && printf '%s\\t%s\\t%s\\n' "$1" "$2" "$(base64 <"$2" | tr -d '\\n')"; }
sum() { set -- "$(sha256sum <"$1")"; printf '%s' "\${1%% *}"; }
[ -d "$home" ] || { echo "no-home	$home"; exit 0; }
real=$(readlink -f -- "$home")
[ -L "$home" ] && echo "link	yes"
if [ -L "$home/current" ] && [ -d "$home/packages" ]; then
  echo "own	yes"
  real=$(readlink -f -- "$home/current")
fi
if [ ! -f "$real/bin/hivemq.jar" ]; then
  for jar in "$home"/*/bin/hivemq.jar; do [ -f "$jar" ] && echo "elsewhere	\${jar%/bin/hivemq.jar}"; done
  echo "no-jar	$real/bin/hivemq.jar"
  exit 0
fi
printf 'real\\t%s\\n' "$real"
[ -r "$real/bin/hivemq.jar" ] || { echo "unreadable	$real/bin/hivemq.jar"; exit 0; }
printf 'jar\\t%s\\n' "$(sum "$real/bin/hivemq.jar")"
printf 'jar-head\\t%s\\n' "$(head -c 65536 <"$real/bin/hivemq.jar" | base64 | tr -d '\\n')"
[ -r "$real/bin/version" ] && printf 'version-file\\t%s\\n' "$(head -n 1 "$real/bin/version")"

jar=$(readlink -f -- "$real/bin/hivemq.jar")
pid=
for folder in $(grep -l 'hivemq\\.jar' /proc/[0-9]*/cmdline 2>/dev/null); do
  folder=\${folder%/cmdline}
  candidate=\${folder#/proc/}
  cwd=$(readlink -- "$folder/cwd" 2>/dev/null)
  found=$(tr '\\0' '\\n' <"$folder/cmdline" 2>/dev/null | grep 'hivemq\\.jar$' | while IFS= read -r word; do
    case $word in /*) ;; *) word=$cwd/$word ;; esac
    [ "$(readlink -f -- "$word" 2>/dev/null)" = "$jar" ] && echo yes
  done)
  [ -n "$found" ] || continue
  if [ -z "$pid" ] || { [ ! -r "/proc/$pid/environ" ] && [ -r "$folder/environ" ]; }; then pid=$candidate; fi
done
if [ -n "$pid" ]; then
  stat=$(cat "/proc/$pid/stat" 2>/dev/null)
  set -- \${stat##*) }
  printf 'process\\t%s\\t%s\\t%s\\t%s\\n' "$pid" "\${20}" "$(stat -c %U "/proc/$pid")" "$(readlink -- "/proc/$pid/cwd" 2>/dev/null)"
  printf 'cmdline\\t%s\\n' "$(base64 <"/proc/$pid/cmdline" | tr -d '\\n')"
  if cat "/proc/$pid/environ" >/dev/null 2>&1; then
    printf 'environ\\t%s\\n' "$(base64 <"/proc/$pid/environ" 2>/dev/null | tr -d '\\n')"
  fi
  printf 'exe\\t%s\\n' "$(readlink -- "/proc/$pid/exe" 2>/dev/null)"
  printf 'cgroup\\t%s\\n' "$(sed -n 's#.*/\\([^/]*\\.service\\)\\(/.*\\)*$#\\1#p' "/proc/$pid/cgroup" | head -n 1)"
  {
    for kind in tcp tcp6 udp udp6; do
      case $kind in tcp*) state=0A ;; *) state=07 ;; esac
      awk -v kind=$kind -v state=$state '$4 == state { print kind, $2, $10 }' "/proc/$pid/net/$kind" 2>/dev/null
    done
    echo --
    ls -l "/proc/$pid/fd" 2>/dev/null
  } | awk '
    $1 == "--" { fds = 1; next }
    !fds { socket[$3] = $1 "\\t" $2; next }
    match($0, /socket:\\[[0-9]+\\]/) {
      inode = substr($0, RSTART + 8, RLENGTH - 9)
      if (inode in socket && !(inode in seen)) { seen[inode] = 1; print "port\\t" socket[inode] }
    }'
fi
if command -v systemctl >/dev/null 2>&1; then echo "systemd	yes"; fi
for unit in /etc/systemd/system/*.service /run/systemd/system/*.service /lib/systemd/system/*.service /usr/lib/systemd/system/*.service; do
  [ -r "$unit" ] && grep -qF -e "$home/" -e "$real/" "$unit" && printf 'unit-file\\t%s\\n' "$unit"
done
:`;

/**
 * What lies in the folders that the process, or the defaults, name. Parameters: conf, log, license and extensions folder.
 */
export const foldersProgram = `
conf=$1 log=$2 license=$3 extensions=$4
encoded() { base64 <"$1" | tr -d '\\n'; }
sum() { set -- "$(sha256sum <"$1")"; printf '%s' "\${1%% *}"; }
for name in config.xml logback.xml; do
  file=$conf/$name
  if [ -e "$file" ] && [ ! -r "$file" ]; then printf 'unreadable\\t%s\\n' "$file"; exit 0; fi
  [ -f "$file" ] && printf '%s\\t%s\\t%s\\n' "$name" "$(sum "$file")" "$(encoded "$file")"
done
if [ -r "$log/hivemq.log" ]; then
  printf 'log-version\\t%s\\n' "$(grep -a 'HiveMQ version: ' "$log/hivemq.log" | tail -n 1 | sed 's/.*HiveMQ version: //')"
fi
for file in "$license"/*; do
  [ -f "$file" ] && [ -r "$file" ] && printf 'license\\t%s\\t%s\\t%s\\n' "\${file##*/}" "$(sum "$file")" "$(stat -L -c %s -- "$file")"
done
for folder in "$extensions"/*/; do
  folder=\${folder%/}
  [ -d "$folder" ] || continue
  id=\${folder##*/} enabled=yes xml=
  [ -e "$folder/DISABLED" ] && enabled=no
  [ -r "$folder/hivemq-extension.xml" ] && xml=$(encoded "$folder/hivemq-extension.xml")
  printf 'extension\\t%s\\t%s\\t%s\\n' "$id" "$enabled" "$xml"
  find -L "$folder" -type f ! -path "$folder/DISABLED" ! -name .hivekeeper-archive -print | while IFS= read -r file; do
    [ -r "$file" ] && printf 'file\\t%s\\t%s\\t%s\\t%s\\n' "$id" "$(sum "$file")" "$(stat -L -c %s -- "$file")" "\${file#"$folder"/}"
  done
done
:`;

/** The unit that keeps a process. Parameters: names of units to look at. */
export const unitProgram = `
for unit; do
  printf 'unit\\t%s\\n' "$unit"
  LC_ALL=C systemctl show --property=MainPID,ActiveState,UnitFileState "$unit" 2>/dev/null | sed 's/^/show\\t/; s/=/\\t/'
  for folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
    [ -r "$folder/$unit" ] && { printf 'text\\t%s\\t%s\\n' "$folder/$unit" "$(base64 <"$folder/$unit" | tr -d '\\n')"; break; }
  done
  for file in /etc/systemd/system/"$unit".d/*.conf /run/systemd/system/"$unit".d/*.conf /lib/systemd/system/"$unit".d/*.conf; do
    [ -r "$file" ] && printf 'drop-in\\t%s\\t%s\\n' "$file" "$(base64 <"$file" | tr -d '\\n')"
  done
done
:`;

/** Parameters: path of java. */
export const javaProgram = `
java=$1
case $java in */*) ;; *) java=$(command -v "$java") || exit 0 ;; esac
printf 'java\\t%s\\t%s\\n' "$java" "$("$java" -version 2>&1 | sed -n 's/.*version "\\([^"]*\\)".*/\\1/p' | head -n 1)"`;
