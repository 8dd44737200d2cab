import type { RecoveryHostContext } from '../../domain/checks/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import type { ClusterSession } from '../cluster-session.js';

const program = `
place=$1; while [ ! -e "$place" ]; do place=$(dirname "$place"); done
nproc
awk '/^MemTotal:/ {print $2}' /proc/meminfo
df -Pk "$place" | awk 'NR==2 {print $4}'
`;

/** What the recovery host has, for the check of it; null when the spec names none. @throws HostUnreachable and its like */
export async function recoveryHostFacts(
  session: ClusterSession,
  observation: ClusterObservation,
  signal?: AbortSignal,
): Promise<RecoveryHostContext | null> {
  const host = session.spec.hosts.find((candidate) => candidate.roles.includes('recovery'));
  if (!host) return null;
  const remote = await session.connect(host.name, signal);
  const result = await remote.script(program, [session.resolved(host.name).home], signal ? { signal } : {});
  const [cpus, memoryKiB, freeKiB] = result.stdout.trim().split('\n').map(Number);
  return {
    host: host.name,
    isMember: session.members.includes(host.name),
    cpus: cpus ?? 0,
    memoryBytes: (memoryKiB ?? 0) * 1024,
    freeBytes: (freeKiB ?? 0) * 1024,
    dataBytes: observation.nodes.reduce(
      (sum, node) => sum + (node.disk?.dataBytes ?? 0) + (node.disk?.backupCopyBytes ?? 0),
      0,
    ),
  };
}
