import { messageOf } from '../../domain/errors/index.js';
import { type Pair, pairsOf, type ProbeHost } from './hosts.js';
import { findInterpreter, type Interpreter, interpreted } from './interpreter.js';
import { type Listener, startListener } from './listener.js';
import { tcpPrograms } from './tcp-programs.js';

/** A host and the port on which the others must reach it. */
export interface TcpHost extends ProbeHost {
  readonly port: number;
}

export interface TcpResult extends Pair {
  readonly address: string;
  readonly port: number;
  /**
   * `open`: connected. `refused`: rejected although somebody listens. `filtered`: no answer at all. `no-route`: the
   * network does not lead there. `unknown`: not proven.
   */
  readonly outcome: 'open' | 'refused' | 'filtered' | 'no-route' | 'unknown';
  /** Null when open. */
  readonly reason: string | null;
}

const LISTEN_SECONDS = 60;
/** A packet that is dropped is sent again after 1 and 3 seconds; a way that takes longer is none for a cluster. */
const CONNECT_SECONDS = 5;

/**
 * Opens the port on every host for a moment and connects to it from every other. Where the port is taken already, by a
 * broker that runs, that one answers instead.
 *
 * @returns one result for each ordered pair of hosts; a host that cannot be asked is a reason, not an error
 */
export async function probeTcp(hosts: readonly TcpHost[], signal: AbortSignal): Promise<TcpResult[]> {
  const ends = new Map<string, End>();
  try {
    await Promise.all(hosts.map(async (host) => ends.set(host.name, await openEnd(host, signal))));
    const answers = await Promise.all(
      hosts.map((from) => {
        const targets = hosts.filter(({ name }) => name !== from.name);
        return connectAll(from, ends.get(from.name)?.interpreter ?? null, targets, signal);
      }),
    );
    const words = new Map(answers.flat().map(({ from, to, word }) => [`${from}\n${to}`, word]));
    return pairsOf(hosts).map(({ from, to }) =>
      result(from, to, words.get(`${from.name}\n${to.name}`) ?? 'no answer of the probe', ends.get(to.name)),
    );
  } finally {
    await Promise.all([...ends.values()].map(async ({ listener }) => listener?.close()));
  }
}

interface End {
  readonly interpreter: Interpreter | null;
  readonly listener: Listener | null;
  /** Why nobody listens there; null when somebody does. */
  readonly problem: string | null;
}

async function openEnd({ host, address, port }: TcpHost, signal: AbortSignal): Promise<End> {
  try {
    const interpreter = await findInterpreter(host, signal);
    if (interpreter === null) {
      const taken = await host.canConnect(address, port);
      return {
        interpreter,
        listener: null,
        problem: taken ? null : 'nobody listens, and there is neither python3 nor perl to do it',
      };
    }
    const parameters = ['listen', address, String(port), String(LISTEN_SECONDS)];
    const listener = await startListener(host, interpreted(interpreter, tcpPrograms, parameters), signal);
    const taken = listener.problem !== null && /already in use/i.test(listener.problem);
    return { interpreter, listener, problem: taken ? null : listener.problem };
  } catch (error) {
    signal.throwIfAborted();
    return { interpreter: null, listener: null, problem: messageOf(error) };
  }
}

interface Word extends Pair {
  readonly word: string;
}

async function connectAll(
  from: TcpHost,
  interpreter: Interpreter | null,
  targets: readonly TcpHost[],
  signal: AbortSignal,
): Promise<Word[]> {
  try {
    if (interpreter === null) return await Promise.all(targets.map((to) => forwarded(from, to)));
    const places = targets.flatMap(({ address, port }) => [address, String(port)]);
    const command = interpreted(interpreter, tcpPrograms, ['connect', String(CONNECT_SECONDS), ...places]);
    const { stdout } = await from.host.run(command, signal);
    return targets.map((to, index) => {
      const line = stdout.split('\n').find((text) => text.startsWith(`${index} `));
      return {
        from: from.name,
        to: to.name,
        word: line?.slice(String(index).length + 1).trim() ?? 'no answer of the probe',
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    return targets.map((to) => ({ from: from.name, to: to.name, word: messageOf(error) }));
  }
}

/** The SSH server itself can connect, but does not say why it could not. */
async function forwarded(from: TcpHost, to: TcpHost): Promise<Word> {
  const open = await from.host.canConnect(to.address, to.port, CONNECT_SECONDS * 1000);
  const word = open ? 'open' : 'it cannot connect, and has neither python3 nor perl to tell why';
  return { from: from.name, to: to.name, word };
}

const NO_ROUTE: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'ECONNREFUSED', 'ECONNRESET']);

function result(from: TcpHost, to: TcpHost, word: string, end: End | undefined): TcpResult {
  const { address, port } = to;
  const pair = { from: from.name, to: to.name, address, port };
  const there = `${to.name} at ${address}:${port}`;
  if (word === 'open') return { ...pair, outcome: 'open', reason: null };
  if (end?.problem) {
    return {
      ...pair,
      outcome: 'unknown',
      reason: `Not proven from ${from.name}: ${there} cannot be opened: ${end.problem}.`,
    };
  }
  if (word === 'timeout' || word === 'ETIMEDOUT') {
    const reason = `${from.name} gets no answer from ${there} within ${CONNECT_SECONDS} s: a firewall drops the packets. Let it pass TCP port ${port} between the nodes.`;
    return { ...pair, outcome: 'filtered', reason };
  }
  if (FORBIDDEN.has(word)) {
    const reason = `${from.name} is refused by ${there} although it is open there (${word}): a firewall rejects the connection, or the address is another machine's. Let it pass TCP port ${port} between the nodes.`;
    return { ...pair, outcome: 'refused', reason };
  }
  if (NO_ROUTE.has(word)) {
    const reason = `${from.name} has no way to ${there} (${word}): the network does not lead there, or a firewall says so. Check routes and the address.`;
    return { ...pair, outcome: 'no-route', reason };
  }
  return { ...pair, outcome: 'unknown', reason: `Not proven from ${from.name} to ${there}: ${word}.` };
}
