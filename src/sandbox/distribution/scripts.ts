/**
 * The start scripts of the distribution. Behaviour and messages are those of the Community Edition's run.sh: java on the
 * PATH (JAVA_HOME is not used), the home from HIVEMQ_HOME or the script's parent, JAVA_OPTS first, errors on standard
 * error with exit code 1, and `exec`, so that the script's process becomes the broker.
 */
function startScript(mode: 'run' | 'recovery', moveData: string): string {
  return `#!/bin/sh
# Starts the simulated HiveMQ broker.

if [ -z "$HIVEMQ_HOME" ]; then
  HIVEMQ_HOME=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
fi
export HIVEMQ_HOME

if [ ! -d "$HIVEMQ_HOME" ]; then
  echo "ERROR! HiveMQ home folder not found." >&2
  exit 1
fi
if [ ! -w "$HIVEMQ_HOME" ] && [ -z "$HIVEMQ_DATA_FOLDER" ]; then
  echo "ERROR! HiveMQ home folder permissions not correct." >&2
  exit 1
fi
if [ ! -f "$HIVEMQ_HOME/bin/hivemq.jar" ]; then
  echo "ERROR! HiveMQ JAR not found." >&2
  echo "$HIVEMQ_HOME/bin/hivemq.jar" >&2
  exit 1
fi
if ! command -v java >/dev/null 2>&1; then
  echo "ERROR! You do not have the Java Runtime Environment installed, please install Java JRE from https://adoptium.net and try again." >&2
  exit 1
fi
java_major=$(java -version 2>&1 | sed -n 's/.*version "\\([0-9]*\\).*/\\1/p' | head -n 1)
if [ "\${java_major:-0}" -lt 11 ]; then
  echo "ERROR! HiveMQ requires at least Java version 11" >&2
  exit 1
fi
${moveData}
exec java $JAVA_OPTS -XX:+CrashOnOutOfMemoryError -Dhivemq.sim.mode=${mode} "-Dhivemq.home=$HIVEMQ_HOME" -jar "$HIVEMQ_HOME/bin/hivemq.jar"
`;
}

/**
 * HiveMQ's documentation, "Restart the Cluster with Persistent Data": at a start the persistent data is moved to
 * data/cluster-backup, of which one copy is kept. Data that a living process has locked is left alone: that start will
 * be cancelled by the broker.
 */
const moveData = `
data=\${HIVEMQ_DATA_FOLDER:-data}
case "$data" in /*) ;; *) data=$HIVEMQ_HOME/$data ;; esac
locked=no
if [ -s "$data/data.lock" ]; then
  read -r lock_pid lock_start < "$data/data.lock"
  now_start=$(sed 's/.*) //' "/proc/$lock_pid/stat" 2>/dev/null | cut -d ' ' -f 20)
  [ -n "$now_start" ] && [ "$now_start" = "$lock_start" ] && locked=yes
fi
if [ "$locked" = no ] && [ -d "$data" ] && [ -n "$(ls -A "$data" | grep -v '^cluster-backup$')" ]; then
  rm -rf "$data/cluster-backup.new"
  mkdir -p "$data/cluster-backup.new"
  for entry in "$data"/* "$data"/.[!.]*; do
    case "\${entry##*/}" in cluster-backup|cluster-backup.new|data.lock|'*'|'.[!.]*') continue ;; esac
    mv "$entry" "$data/cluster-backup.new/"
  done
  rm -f "$data/data.lock"
  if [ -n "$(ls -A "$data/cluster-backup.new")" ]; then
    rm -rf "$data/cluster-backup"
    mv "$data/cluster-backup.new" "$data/cluster-backup"
    if [ -n "$HIVEMQ_SIM_JOURNAL" ]; then
      printf '{"at":"%s","event":"data-move","home":"%s","mode":"run","pid":%s,"from":"%s","to":"%s"}\\n' \\
        "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$HIVEMQ_HOME" "$$" "$data" "$data/cluster-backup" >> "$HIVEMQ_SIM_JOURNAL"
    fi
  else
    rmdir "$data/cluster-backup.new"
  fi
fi
`;

/** bin/run.sh */
export const runScript = startScript('run', moveData);

/** bin/recovery.sh: starts without moving the data (HiveMQ's documentation, "Restart Your Cluster"). */
export const recoveryScript = startScript('recovery', '');

/** bin/hivemq-recovery-tool of the recovery tool. */
export const recoveryToolScript = `#!/bin/sh
# Starts the simulated HiveMQ recovery tool.
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
if ! command -v java >/dev/null 2>&1; then
  echo "ERROR! You do not have the Java Runtime Environment installed, please install Java JRE from https://adoptium.net and try again." >&2
  exit 1
fi
exec java -jar "$home/bin/hivemq-recovery-tool.jar" "$@"
`;
