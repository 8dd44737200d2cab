import type { ClusterObservation } from '../../domain/observation/index.js';
import type { ClusterSession } from '../cluster-session.js';

/** Members that are asked whether a host answers them. */
const askedAtMost = 2;
/** Milliseconds; a host that is off drops packets without a word. */
const patience = 3_000;

interface Port {
  readonly what: string;
  readonly address: string;
  readonly port: number;
}

/**
 * Whether hosts that the worker cannot reach answer others all the same: their network to the worker may be what is broken.
 * @returns host -> what of it answers whom, as a clause; a silent host is left out
 */
export async function answeringHosts(
  session: ClusterSession,
  observation: ClusterObservation,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const asked = observation.nodes.filter(({ reachable, host }) => reachable && !names.includes(host));
  const members = asked.filter(({ host }) => session.members.includes(host));
  const witnesses = [...members, ...asked.filter((node) => !members.includes(node))].slice(0, askedAtMost);
  const unreachable = observation.nodes.filter(({ reachable, host }) => !reachable && names.includes(host));
  const found = await Promise.all(
    unreachable.map(async ({ host }) => {
      const answers = await Promise.all(witnesses.map((witness) => answerTo(session, witness.host, host, signal)));
      return { host, answer: answers.find((answer) => answer !== null) };
    }),
  );
  return Object.fromEntries(found.flatMap(({ host, answer }) => (answer ? [[host, answer]] : [])));
}

async function answerTo(
  session: ClusterSession,
  witness: string,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const host = await session.connect(witness, signal);
    const ports = portsOf(session, name);
    const open = await Promise.all(ports.map(({ address, port }) => host.canConnect(address, port, patience)));
    const answering = ports.find((_, index) => open[index] === true);
    return answering
      ? `${answering.what} at ${answering.address}:${answering.port} answers ${witness}, though not the worker`
      : null;
  } catch {
    // A witness that went away meanwhile says nothing.
    signal.throwIfAborted();
    return null;
  }
}

/** What others reach of a node; its APIs listen on its own loopback alone. */
function portsOf(session: ClusterSession, name: string): Port[] {
  const { address, ssh } = session.resolved(name);
  const { backend, transport } = session.product.ports(session.spec, name);
  const colon = backend.lastIndexOf(':');
  return [
    { what: 'SSH', address, port: ssh.port },
    { what: 'its listener', address: backend.slice(0, colon), port: Number(backend.slice(colon + 1)) },
    ...(transport ? [{ what: 'cluster transport', ...transport }] : []),
  ];
}
