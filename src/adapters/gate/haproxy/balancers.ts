import { HivekeeperError, isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { balancerHosts, findHost, nodeHosts } from '../../../domain/spec/index.js';
import { renderBalancer, type RenderedBalancer } from '../../../render/haproxy/index.js';
import type { GateSession, RemoteHost } from '../../ports/index.js';
import type { AdminState, Info, ServerState } from './parse.js';
import { RuntimeClient } from './runtime-client.js';

/** HAProxy of one host, which answers. */
export interface Balancer {
  readonly name: string;
  readonly host: RemoteHost;
  readonly client: RuntimeClient;
  readonly rendered: RenderedBalancer;
  readonly info: Info;
  readonly servers: readonly ServerState[];
}

/** HAProxy of one host, which does not. */
export interface SilentBalancer {
  readonly name: string;
  /** As a clause. */
  readonly why: string;
}

export interface Balancers {
  readonly answering: readonly Balancer[];
  readonly silent: readonly SilentBalancer[];
}

/** Asks HAProxy on every host with the role. One that cannot be asked is a finding. @throws HostKeyMismatch, AuthenticationFailed */
export async function lookAtBalancers(session: GateSession, signal?: AbortSignal): Promise<Balancers> {
  const looks = await Promise.all(balancerHosts(session.spec).map(({ name }) => lookAt(session, name, signal)));
  return {
    answering: looks.filter((look) => 'client' in look),
    silent: looks.filter((look) => 'why' in look),
  };
}

async function lookAt(
  session: GateSession,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Balancer | SilentBalancer> {
  // Where a server is found does not depend on who else is a member.
  const rendered = renderBalancer(
    session.spec,
    nodeHosts(session.spec).map((host) => host.name),
    name,
  );
  try {
    const host = await session.connect(name, signal);
    const client = new RuntimeClient(host, rendered.sockets.admin, signal);
    const [info, servers] = await Promise.all([client.info(), client.servers()]);
    return { name, host, client, rendered, info, servers };
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error, 'HostUnreachable')) return { name, why: messageOf(error) };
    if (isHivekeeperError(error, 'GateFailed') && error.details['answered'] === false)
      return { name, why: messageOf(error) };
    throw error;
  }
}

/** What a balancer has of one member: its servers, one for each frontend. */
export function serversOf({ rendered, servers }: Balancer, member: string): ServerState[] {
  const names = rendered.servers.filter((server) => server.member === member);
  return servers.filter((row) => names.some((name) => name.backend === row.backend && name.server === row.server));
}

/** Sets what is not so yet, and has it outlive a reload and a restart of HAProxy. @returns whether anything changed */
export async function setState(balancer: Balancer, rows: readonly ServerState[], state: AdminState): Promise<boolean> {
  for (const row of rows) await balancer.client.setState(row, state);
  await keepState(balancer);
  return rows.length > 0;
}

/** HAProxy reads this file whenever it starts or reloads; what was set at run time alone would be lost then. */
export async function keepState({
  client,
  host,
  rendered,
}: Pick<Balancer, 'client' | 'host' | 'rendered'>): Promise<void> {
  await host.writeFile(rendered.stateFile, await client.stateText(), { mode: 0o600 });
}

/** Hosts that are asked whether a balancer answers them. */
const askedAtMost = 3;
/** Milliseconds; a host that is off drops packets without a word. */
const patience = 3_000;

/**
 * A balancer that cannot be asked may well go on to serve: then it would send clients to a node that was closed
 * everywhere else. It counts as gone only when other hosts were asked and none of its ports accepts a connection.
 * @returns why it may still serve, as a clause; null where it is gone
 */
export async function mayStillServe(
  session: GateSession,
  { name }: SilentBalancer,
  signal?: AbortSignal,
): Promise<string | null> {
  const { spec } = session;
  const own = findHost(spec, name)?.address ?? name;
  const { frontends } = renderBalancer(spec, [], name);
  const candidates = spec.hosts
    .filter((host) => host.name !== name && (host.roles.includes('load-balancer') || host.roles.includes('node')))
    .map((host) => host.name);
  let asked = 0;
  for (const candidate of candidates) {
    if (asked === askedAtMost) break;
    const host = await connected(session, candidate, signal);
    if (host === null) continue;
    asked += 1;
    for (const { address, port } of frontends) {
      const at = address === '0.0.0.0' || address === '::' ? own : address;
      if (await host.canConnect(at, port, patience)) return `its port ${at}:${port} answers ${candidate}`;
    }
  }
  return asked === 0 ? 'no other host could be asked whether its ports answer' : null;
}

async function connected(
  session: GateSession,
  name: string,
  signal: AbortSignal | undefined,
): Promise<RemoteHost | null> {
  try {
    return await session.connect(name, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error)) return null;
    throw error;
  }
}

export function gateFailed(message: string, details: Readonly<Record<string, string>>): HivekeeperError {
  return new HivekeeperError('GateFailed', message, details);
}
