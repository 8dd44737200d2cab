import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors/index.js';
import { DATAGRAM_MARK, datagramPrograms } from './datagram-programs.js';
import { type Pair, pairsOf, type ProbeHost } from './hosts.js';
import { findInterpreter, interpreted, NO_INTERPRETER } from './interpreter.js';
import { type Listener, startListener } from './listener.js';

/** Which packets are to be delivered. */
export interface DatagramKind {
  readonly type: 'multicast' | 'broadcast';
  /** The multicast group, or the broadcast address (IPv4). */
  readonly group: string;
  readonly port: number;
}

/** Whether packets of one host reach another. */
export interface DatagramResult extends Pair {
  /** Null: not proven, because one of the two could not take part. */
  readonly arrived: boolean | null;
  /** Why not, or why it is not proven; null when they arrive. */
  readonly reason: string | null;
}

/** Seconds after which a listener ends by itself, when nobody ends it. */
const LISTEN_SECONDS = 60;
/** Three packets were sent 0.1 s apart; what is still under way after this is lost. */
const ARRIVE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 20;

/**
 * Sends packets from each host and looks on which others they arrive. Every host listens before the first one sends.
 * Running brokers see a few short packets that they drop.
 *
 * @returns one result for each ordered pair of hosts; a host that cannot be asked is a reason, not an error
 */
export async function probeDatagrams(
  hosts: readonly ProbeHost[],
  kind: DatagramKind,
  signal: AbortSignal,
): Promise<DatagramResult[]> {
  const mark = `${DATAGRAM_MARK}:${randomUUID()}`;
  const ends = new Map<string, End>();
  try {
    await Promise.all(hosts.map(async (host) => ends.set(host.name, await openEnd(host, kind, signal))));
    signal.throwIfAborted();
    const sent = new Map<string, Sent>();
    await Promise.all(
      hosts.map(async (host, index) => {
        sent.set(host.name, await send(host, ends.get(host.name), kind, `${mark}:${index}`, signal));
      }),
    );
    const expected = pairsOf(hosts).filter(({ from, to }) => sent.get(from.name)?.left && listens(ends.get(to.name)));
    const got = (from: ProbeHost, to: ProbeHost): boolean =>
      ends.get(to.name)?.listener?.lines.includes(`got ${mark}:${hosts.indexOf(from)}`) ?? false;
    await allArrived(() => expected.every(({ from, to }) => got(from, to)), signal);
    return pairsOf(hosts).map(({ from, to }) =>
      result({ from, to, kind, got: got(from, to), sent: sent.get(from.name), end: ends.get(to.name) }),
    );
  } finally {
    await Promise.all([...ends.values()].map(async ({ listener }) => listener?.close()));
  }
}

interface End {
  readonly interpreter: 'python3' | 'perl' | null;
  readonly listener: Listener | null;
  /** Why the host does not take part at all. */
  readonly problem: string | null;
}

const listens = (end: End | undefined): boolean => end?.listener?.problem === null;

async function openEnd({ host, address }: ProbeHost, kind: DatagramKind, signal: AbortSignal): Promise<End> {
  try {
    const interpreter = await findInterpreter(host, signal);
    if (interpreter === null) return { interpreter, listener: null, problem: NO_INTERPRETER };
    const parameters = ['listen', kind.type, kind.group, String(kind.port), address, String(LISTEN_SECONDS), '-'];
    const listener = await startListener(host, interpreted(interpreter, datagramPrograms, parameters), signal);
    return { interpreter, listener, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    return { interpreter: null, listener: null, problem: messageOf(error) };
  }
}

interface Sent {
  /** Null: the host could not be made to try. */
  readonly left: boolean | null;
  readonly problem: string;
}

async function send(
  { host, address }: ProbeHost,
  end: End | undefined,
  kind: DatagramKind,
  text: string,
  signal: AbortSignal,
): Promise<Sent> {
  if (!end?.interpreter) return { left: null, problem: end?.problem ?? '' };
  const parameters = ['send', kind.type, kind.group, String(kind.port), address, '0', text];
  try {
    const { stdout } = await host.run(interpreted(end.interpreter, datagramPrograms, parameters), signal);
    const answer = stdout.trim();
    return { left: answer === 'sent', problem: answer.replace(/^error send: /, '') };
  } catch (error) {
    signal.throwIfAborted();
    return { left: null, problem: messageOf(error) };
  }
}

async function allArrived(done: () => boolean, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + ARRIVE_WITHIN_MS;
  while (!done() && Date.now() < deadline) await sleep(LOOK_EVERY_MS, undefined, { signal });
}

interface Outcome {
  readonly from: ProbeHost;
  readonly to: ProbeHost;
  readonly kind: DatagramKind;
  readonly got: boolean;
  readonly sent: Sent | undefined;
  readonly end: End | undefined;
}

function result({ from, to, kind, got, sent, end }: Outcome): DatagramResult {
  const pair = { from: from.name, to: to.name };
  const what = `${kind.type} to ${kind.group}:${kind.port}`;
  if (got) return { ...pair, arrived: true, reason: null };
  if (sent?.left === false) {
    const reason = `${from.name} cannot send ${what}: ${sent.problem}. Give it a route for that.`;
    return { ...pair, arrived: false, reason };
  }
  if (sent?.left !== true) {
    return { ...pair, arrived: null, reason: `Not proven: ${from.name} cannot send ${what}: ${sent?.problem}.` };
  }
  const silent = end?.problem ?? end?.listener?.problem;
  if (silent) return { ...pair, arrived: null, reason: `Not proven: ${to.name} cannot listen for ${what}: ${silent}.` };
  return {
    ...pair,
    arrived: false,
    reason: `${what}, sent by ${from.name}, does not arrive at ${to.name}. Let firewalls pass UDP port ${kind.port}, put both into one network, or use static discovery.`,
  };
}
