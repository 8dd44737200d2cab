import type { Host } from '../hosts/index.js';
import { isRunning, type ProcessStat, readStat } from '../hosts/proc.js';
import { readSocketTable, socketKey, type SocketTable } from './socket-table.js';
import { type Gap, Timeline } from './timeline.js';

export interface MonitorOptions {
  /** Port on which a broker serves clients. Default: 1883 */
  readonly port?: number;
  /** Milliseconds between two looks. Default: 25, forty looks a second */
  readonly intervalMs?: number;
}

/**
 * Watches from outside whether the brokers of hosts serve: the process runs (a stopped one does not) and its MQTT port
 * is open. Reads the kernel's tables only, asks neither the broker nor the product, and opens no connection.
 */
export interface Monitor {
  readonly timeline: Timeline;
  /** Stretches in which it could not look. A verdict over a window with a long one is worth nothing. */
  gaps(longerThanMs?: number): Gap[];
  /** The largest number of these hosts that were down at once, see `Timeline`. */
  maxSimultaneouslyDown(hosts: readonly string[], from?: number, to?: number): number;
  /** How often it has looked. */
  looks(): number;
  /** @returns the time of the last look */
  stop(): number;
}

const DEFAULT_GAP_MS = 100;

/** Starts to watch; the first look is taken at once. */
export function startMonitor(hosts: readonly Host[], { port = 1883, intervalMs = 25 }: MonitorOptions = {}): Monitor {
  const watched = hosts.map((host) => ({ name: host.name, isUp: watch(host, port) }));
  const timeline = new Timeline();
  const gaps: Gap[] = [];
  let last: number | undefined;
  let looks = 0;
  const look = (): void => {
    const sockets = readSocketTable();
    const at = Date.now();
    if (last !== undefined && at - last > 2 * intervalMs) gaps.push({ from: last, to: at });
    last = at;
    looks += 1;
    for (const { name, isUp } of watched) timeline.observe(name, isUp(sockets), at);
  };
  look();
  const timer = setInterval(look, intervalMs);
  return {
    timeline,
    gaps: (longerThanMs = DEFAULT_GAP_MS) => gaps.filter(({ from, to }) => to - from > longerThanMs),
    maxSimultaneouslyDown: (names, from, to) => timeline.maxSimultaneouslyDown(names, from, to),
    looks: () => looks,
    stop() {
      clearInterval(timer);
      look();
      return last ?? Date.now();
    },
  };
}

/**
 * Tells whether the broker of one host serves. Which process it is must be looked up in all of /proc, so that is done
 * only when the port is open and the known process is gone.
 */
function watch(host: Host, port: number): (sockets: SocketTable) => boolean {
  const key = socketKey(host.address, port);
  let brokers: Pick<ProcessStat, 'pid' | 'startTime'>[] = [];
  return (sockets) => {
    if (!sockets.isListening(key)) return false;
    const serving = brokers.some(isServing);
    if (serving || brokers.some(isRunning)) return serving;
    brokers = host.brokers();
    return brokers.some(isServing);
  };
}

/** A stopped process keeps its port open and answers nobody. */
function isServing({ pid, startTime }: Pick<ProcessStat, 'pid' | 'startTime'>): boolean {
  const stat = readStat(pid);
  return stat?.startTime === startTime && !['T', 't', 'Z', 'X'].includes(stat.state);
}
