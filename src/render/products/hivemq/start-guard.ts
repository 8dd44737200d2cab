import { transportEndpoint, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost } from '../../../domain/spec/index.js';
import { memberHosts } from '../../members.js';
import { attendedStartPath, disabledPath } from '../../systemd/names.js';

/** A broker without a cluster is started with `recovery.sh`, which sets nothing aside. */
const INDEPENDENT = `rm -f "$attended"
exit 0
`;

/**
 * A POSIX sh program that decides whether this node may start without anybody asking for it. `run.sh` moves the data
 * folder aside and counts on the other members to bring the data back; after a loss of power in a whole data centre
 * there is no other member, and every node would come up empty. So an unattended start goes ahead only when another
 * member answers on its cluster port; a start by Hivekeeper leaves a file that lets it pass once, unless it is of another
 * boot or older than ten minutes: a start that was never made must not let a later one pass. A node that has left its
 * cluster never starts. Since `run.sh` keeps one copy of the data, a copy of an earlier start is moved beside the
 * others first, as before every start by Hivekeeper, which finds it there and writes it down.
 */
export function renderStartGuard(spec: HivemqSpec, members: readonly string[], name: string): string {
  const { host, others } = memberHosts(spec, members, name);
  const { home } = resolveHost(spec, host);
  const probes = others.map((other) => {
    const { address, port } = transportEndpoint(spec, resolveHost(spec, other));
    return `answers ${address} ${port}\n`;
  });
  return `#!/bin/sh
# Written by Hivekeeper: refuses an unattended cold start of a whole cluster.
home=${home}
if [ -e "$home/${disabledPath}" ]; then
  echo "hivekeeper: this node has left cluster ${spec.name}; remove $home/${disabledPath} to allow a start." >&2
  exit 1
fi
attended=$home/${attendedStartPath}
${spec.cluster.enabled ? '' : INDEPENDENT}if [ -e "$attended" ]; then
  boot=
  read -r boot <"$attended"
  fresh=$(find "$attended" -mmin -10)
  rm -f "$attended"
  [ -n "$fresh" ] && [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && exit 0
fi
keep_copy() {
  [ -n "$(ls -A "$home/data/cluster-backup" 2>/dev/null)" ] || return 0
  kept=$home/data-kept/$(date -u +%Y%m%dT%H%M%S%3NZ)-cluster-backup
  mkdir -p "$home/data-kept" &&
    [ "$(stat -c %d "$home/data/cluster-backup")" = "$(stat -c %d "$home/data-kept")" ] &&
    [ ! -e "$kept" ] && mv -T "$home/data/cluster-backup" "$kept" && return 0
  echo "hivekeeper: the copy of the data in $home/data/cluster-backup could not be moved to $kept." >&2
  return 1
}
proceed() {
  keep_copy
  exit $?
}
answers() {
  if command -v nc >/dev/null 2>&1; then
    nc -z -w 3 "$1" "$2" >/dev/null 2>&1 && proceed
  elif command -v bash >/dev/null 2>&1; then
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' guard "$1" "$2" >/dev/null 2>&1 && proceed
  fi
}
${probes.join('')}echo "hivekeeper: no other member of cluster ${spec.name} answers, so this start would set aside the only data." >&2
echo "hivekeeper: start the cluster with Hivekeeper, the node that was stopped last first." >&2
exit 1
`;
}
