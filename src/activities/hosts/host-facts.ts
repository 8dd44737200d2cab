import type { RemoteHost } from '../../adapters/ports/index.js';
import { readIdentity } from '../../adapters/fence/index.js';
import type { HostFacts } from '../../domain/checks/index.js';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { rootAccess } from './root-access.js';
import { readFactLines } from './fact-lines.js';
import { readSockets, socketsProgram, takenPorts } from './taken-ports.js';

/** Programs that Hivekeeper calls on a host; all come with a bare Debian or its like. */
const tools = ['tar', 'sha256sum', 'setsid', 'flock', 'mv', 'df', 'du', 'find', 'stat', 'tail', 'xargs'];

/** Prints one `key=value` per fact; changes nothing. Parameters: home, tools as one word list, then name:address:port per peer. */
const program = `
home=$1 tools=$2; shift 2
place=$home; while [ ! -e "$place" ]; do place=$(dirname "$place"); done
echo "java=$(java -version 2>&1 | head -n 1)"
echo "openFiles=$(ulimit -Hn)"
echo "freeKiB=$(df -Pk "$place" | awk 'NR==2 {print $4}')"
mount=$(df -P "$place" | awk 'NR==2 {print $6}')
awk -v m="$mount" '$2 == m && $4 ~ /(^|,)noexec(,|$)/ {print "noexec=yes"}' /proc/mounts
base=$(stat -c %d "$place")
for folder in data packages data-kept; do
  if [ -e "$home/$folder" ] && [ "$(stat -c %d "$home/$folder")" != "$base" ]; then echo "otherFilesystem=$folder"; fi
done
for tool in $tools; do command -v "$tool" >/dev/null 2>&1 || echo "missing=$tool"; done
${socketsProgram}
if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
  for peer in "$@"; do
    name=\${peer%%|*}; rest=\${peer#*|}
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' _ "\${rest%|*}" "\${rest##*|}" 2>/dev/null
    [ $? -eq 124 ] && echo "unreachablePeer=$name"
  done
fi
echo "clock=$(date +%s%3N)"
`;

/** Reads what the host checks compare; a host that cannot be reached is a finding, not an error. */
export async function hostFacts(
  session: ClusterSession,
  name: string,
  peers: readonly string[],
  signal?: AbortSignal,
): Promise<HostFacts> {
  try {
    return await read(session, name, peers, await session.connect(name, signal), signal);
  } catch (error) {
    signal?.throwIfAborted();
    const kind = error instanceof HivekeeperError ? error.kind : 'Internal';
    return { ...nothing(name), problem: { kind, message: messageOf(error) } };
  }
}

async function read(
  session: ClusterSession,
  name: string,
  peers: readonly string[],
  host: RemoteHost,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const { user, supervisor } = session.spec.broker;
  const resolved = session.resolved(name);
  const { become } = resolved.ssh;
  const place = { cluster: session.spec.name, home: resolved.home, user };
  const [asUser, root] = await Promise.all([
    privilegeOf(host, user, become, signal),
    rootAccess(host, place, { supervisor, become }, signal),
  ]);
  const privilege = asUser.ok && root.problem !== null ? { ok: false, found: root.problem } : asUser;
  if (!privilege.ok) return { ...nothing(name), reachable: true, problem: null, privilege };
  const ports = session.product.ports(session.spec, name);
  const started = Date.now();
  const result = await host.script(program, [resolved.home, tools.join(' '), ...peerWords(session, name, peers)], {
    asUser: user,
    ...(signal && { signal }),
  });
  const facts = readFactLines(result.stdout);
  const clock = Number(facts.one('clock'));
  const identity = await readIdentity(host, resolved.home, user);
  const own = identity?.cluster === session.spec.name && identity.node === name;
  return {
    host: name,
    reachable: true,
    problem: null,
    privilege,
    java: javaLine(facts.one('java')),
    openFiles: facts.one('openFiles') === 'unlimited' ? null : number(facts.one('openFiles')),
    portsTaken: own ? [] : takenPorts(readSockets(result.stdout), ports.bound),
    unreachablePeers: facts.all('unreachablePeer'),
    // The clock is read last, so the answer's own way back is all that blurs it.
    clockSkewMs: Number.isFinite(clock) ? skew(clock, started, Date.now()) : null,
    freeBytes: (number(facts.one('freeKiB')) ?? 0) * 1024,
    missingTools: [...facts.all('missing'), ...(root.supervised ? [] : ['systemd as the first process'])],
    noexec: facts.all('noexec').length > 0,
    sameFilesystem: facts.all('otherFilesystem').length === 0,
    belongsTo: identity && identity.status === 'member' ? { cluster: identity.cluster, node: identity.node } : null,
  };
}

async function privilegeOf(
  host: RemoteHost,
  user: string,
  become: string,
  signal?: AbortSignal,
): Promise<{ ok: boolean; found: string }> {
  const result = await host.exec({ argv: ['id', '-un'], asUser: user }, signal);
  const found = result.stdout.trim();
  if (result.code === 0 && found === user) return { ok: true, found };
  if (result.code === 0)
    return { ok: false, found: `commands run as ${found}, the broker's user is ${user} (ssh.become is ${become})` };
  return { ok: false, found: `sudo -n -u ${user} is refused: ${result.stderr.trim().split('\n').at(-1) ?? ''}` };
}

function peerWords(session: ClusterSession, name: string, peers: readonly string[]): string[] {
  return peers
    .filter((peer) => peer !== name)
    .flatMap((peer) => {
      const { transport } = session.product.ports(session.spec, peer);
      return transport ? [`${peer}|${transport.address}|${transport.port}`] : [];
    });
}

/** Only as much as the clocks must differ: the time of the call itself is nobody's skew. */
function skew(clock: number, from: number, to: number): number {
  if (clock < from) return clock - from;
  return clock > to ? clock - to : 0;
}

function javaLine(line: string | undefined): string | null {
  return line === undefined || line === '' || /not found/i.test(line) ? null : line;
}

function number(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? null : value;
}

function nothing(host: string): HostFacts {
  return {
    host,
    reachable: false,
    problem: null,
    privilege: null,
    java: null,
    openFiles: null,
    portsTaken: [],
    unreachablePeers: [],
    clockSkewMs: null,
    freeBytes: null,
    missingTools: [],
    noexec: false,
    sameFilesystem: true,
    belongsTo: null,
  };
}
