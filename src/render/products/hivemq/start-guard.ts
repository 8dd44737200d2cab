import { transportEndpoint, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost } from '../../../domain/spec/index.js';
import { memberHosts } from '../../members.js';
import { attendedStartPath } from '../../systemd/names.js';

/**
 * A POSIX sh program that decides whether this node may start without anybody asking for it. `run.sh` moves the data
 * folder aside and counts on the other members to bring the data back; after a loss of power in a whole data centre
 * there is no other member, and every node would come up empty. So an unattended start goes ahead only when another
 * member answers on its cluster port; a start by Hivekeeper leaves a file that lets it pass once.
 */
export function renderStartGuard(spec: HivemqSpec, members: readonly string[], name: string): string {
  const { host, others } = memberHosts(spec, members, name);
  const attended = `${resolveHost(spec, host).home}/${attendedStartPath}`;
  const probes = others.map((other) => {
    const { address, port } = transportEndpoint(spec, resolveHost(spec, other));
    return `answers ${address} ${port}\n`;
  });
  return `#!/bin/sh
# Written by Hivekeeper: refuses an unattended cold start of a whole cluster.
if [ -e ${attended} ]; then
  rm -f ${attended}
  exit 0
fi
answers() {
  if command -v nc >/dev/null 2>&1; then
    nc -z -w 3 "$1" "$2" >/dev/null 2>&1 && exit 0
  elif command -v bash >/dev/null 2>&1; then
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' guard "$1" "$2" >/dev/null 2>&1 && exit 0
  fi
}
${probes.join('')}echo "hivekeeper: no other member of cluster ${spec.name} answers, so this start would set aside the only data." >&2
echo "hivekeeper: start the cluster with Hivekeeper, the node that was stopped last first." >&2
exit 1
`;
}
