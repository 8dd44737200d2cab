import type { ClientCount, NodeSpan } from '../oracles/index.js';
import type { HostProcess } from '../hosts/index.js';
import { isRunning } from '../hosts/proc.js';
import { readTcpTable, type TcpSocket } from './tcp-table.js';

/** A host as the watch sees it. */
export interface WatchedHost {
  readonly name: string;
  readonly address: string;
  brokers(): HostProcess[];
}

/** Looks at the hosts from outside: which brokers run with an open MQTT port, and how many connections end there. */
export interface NodeWatch {
  /** Times in which a host had no broker process or no open MQTT port, from the first time it served. */
  down(): NodeSpan[];
  counts(): readonly ClientCount[];
  /** Clients on a host at the last look. */
  clients(host: string): number;
  /** Whether the host served at the last look. */
  serves(host: string): boolean;
  /** Looks a second, on average. */
  rate(): number;
  stop(): void;
}

/** 40 looks a second are asked for, so that at least 20 are left on a busy machine. */
const PERIOD_MS = 25;
const MQTT_PORT = 1883;
/** An hour of four hosts; only changes of a count are kept. */
const MOST_COUNTS = 200_000;

interface State {
  broker: HostProcess | undefined;
  serving: boolean;
  everServed: boolean;
  downSince: number | undefined;
  clients: number;
}

export function watchNodes(hosts: readonly WatchedHost[]): NodeWatch {
  const states = new Map(hosts.map(({ name }) => [name, newState()]));
  const gaps: NodeSpan[] = [];
  let counts: ClientCount[] = [];
  let looks = 0;
  const startedAt = performance.now();

  const lookAt = (host: WatchedHost, sockets: readonly TcpSocket[], at: number): void => {
    const state = states.get(host.name);
    if (state === undefined) return;
    const own = sockets.filter(({ address, port }) => address === host.address && port === MQTT_PORT);
    const listening = own.some((socket) => socket.state === 'listening');
    // The list of processes is long; it is read only when a port is open and no broker is known that could own it.
    if (listening && (state.broker === undefined || !isRunning(state.broker))) state.broker = host.brokers()[0];
    const serving = listening && state.broker !== undefined && isRunning(state.broker);
    if (serving && state.downSince !== undefined) gaps.push({ node: host.name, from: state.downSince, to: at });
    if (serving) state.downSince = undefined;
    else if (state.everServed) state.downSince ??= at;
    state.everServed ||= serving;
    state.serving = serving;
    const clients = own.filter((socket) => socket.state === 'established').length;
    if (clients !== state.clients || counts.length === 0) counts.push({ at, node: host.name, clients });
    state.clients = clients;
    if (counts.length > MOST_COUNTS) counts = counts.slice(MOST_COUNTS / 2);
  };
  const timer = setInterval(() => {
    const at = Date.now();
    const sockets = readTcpTable();
    looks += 1;
    for (const host of hosts) lookAt(host, sockets, at);
  }, PERIOD_MS);

  return {
    down: () => [
      ...gaps,
      ...[...states].flatMap(([node, { downSince }]) =>
        downSince === undefined ? [] : [{ node, from: downSince, to: Number.POSITIVE_INFINITY }],
      ),
    ],
    counts: () => counts,
    clients: (host) => states.get(host)?.clients ?? 0,
    serves: (host) => states.get(host)?.serving ?? false,
    rate: () => (looks * 1000) / (performance.now() - startedAt),
    stop: () => clearInterval(timer),
  };
}

function newState(): State {
  return { broker: undefined, serving: false, everServed: false, downSince: undefined, clients: 0 };
}
