import { RuntimeClient } from '../../adapters/gate/haproxy/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { BalancerObservation } from '../../domain/observation/index.js';
import { balancerHosts, haproxyOf } from '../../domain/spec/index.js';
import { renderBalancer } from '../../render/haproxy/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { configOf, hashesOf, readNote } from './place.js';
import { sameServers } from './servers.js';

/** Looks at HAProxy on all its hosts; none where the spec has no such. */
export async function observeBalancers(
  session: ClusterSession,
  signal: AbortSignal | undefined,
): Promise<BalancerObservation[]> {
  if (haproxyOf(session.spec) === undefined) return [];
  return Promise.all(balancerHosts(session.spec).map(({ name }) => observe(session, name, signal)));
}

async function observe(
  session: ClusterSession,
  name: string,
  signal: AbortSignal | undefined,
): Promise<BalancerObservation> {
  const nothing = { host: name, members: null, upToDate: false };
  let host: RemoteHost;
  try {
    host = await session.connect(name, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const unreachable = isHivekeeperError(error, 'HostUnreachable');
    return { ...nothing, problem: { unreachable, reason: messageOf(error).replace(/\.$/, '') } };
  }
  const { home, check } = renderBalancer(session.spec, [], name);
  const program = check('')[0];
  if ((await host.exec({ argv: ['sh', '-c', 'command -v -- "$1"', 'sh', program] }, signal)).code !== 0) {
    const reason = `${program} is not installed; run there: apt-get install haproxy (or dnf install haproxy)`;
    return { ...nothing, problem: { unreachable: false, reason } };
  }
  const note = await readNote(host, home);
  if (note?.cluster !== session.spec.name) return { ...nothing, problem: null };
  const { members } = note;
  return { host: name, problem: null, members, upToDate: await isUpToDate(session, host, note, signal) };
}

async function isUpToDate(
  session: ClusterSession,
  host: RemoteHost,
  note: { readonly members: readonly string[]; readonly whole: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const known = note.members.filter((member) => session.spec.hosts.some(({ name }) => name === member));
  const wanted = renderBalancer(session.spec, known, host.name);
  if (known.length < note.members.length || hashesOf(wanted).whole !== note.whole) return false;
  if ((await host.readFile(wanted.config)) !== configOf(wanted).content) return false;
  try {
    return sameServers(await new RuntimeClient(host, wanted.sockets.admin, signal).servers(), wanted.servers);
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error, 'GateFailed')) return false;
    throw error;
  }
}
