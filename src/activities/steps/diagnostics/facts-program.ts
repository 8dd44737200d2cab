/** Marks the beginning of the environment in what `factsProgram` prints. */
export const environmentMark = '== environment';

/**
 * Prints what there is to know of a host and the broker's process, in sections for people. Parameters: home, and the pid
 * or nothing. Changes nothing; a program that a host lacks leaves its section empty.
 */
export const factsProgram = `
home=$1 pid=$2
section() { printf '\\n== %s\\n' "$1"; }
section clock; date -u '+%Y-%m-%dT%H:%M:%S.%3NZ'; date +%s%3N
section system; uname -a; cat /etc/os-release 2>/dev/null
section uptime; uptime 2>/dev/null || cat /proc/uptime
section memory; free -m 2>/dev/null || head -n 5 /proc/meminfo
section processors; nproc 2>/dev/null
section disk; df -Pk -- "$home" 2>/dev/null; df -Pi -- "$home" 2>/dev/null
section java; java -version 2>&1
section 'limits of a new process'; ulimit -a
section sockets; ss -ltunp 2>/dev/null || cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null
section folders; ls -la -- "$home" "$home/conf" "$home/log" "$home/license" "$home/extensions" "$home/packages" 2>/dev/null
section extensions
for folder in "$home"/extensions/*/; do
  [ -d "$folder" ] || continue
  state=enabled; [ ! -e "\${folder}DISABLED" ] || state=disabled
  printf '%s %s\\n' "$state" "$(basename -- "$folder")"
done
section current; readlink -- "$home/current"
section processes; ps -eo pid,ppid,user,lstart,etime,rss,pcpu,comm 2>/dev/null
if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
  section "broker, process $pid"
  cat "/proc/$pid/status" 2>/dev/null
  section 'limits of the broker'; cat "/proc/$pid/limits" 2>/dev/null
  section 'open files of the broker'; ls "/proc/$pid/fd" 2>/dev/null | wc -l
  section 'command line of the broker'; tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null
  printf '\\n%s\\n' '${environmentMark}'; tr '\\n\\0' ' \\n' <"/proc/$pid/environ" 2>/dev/null
fi
:`;
