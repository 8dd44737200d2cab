import type { BrokerView } from './broker-view.js';
import { createFleetLog, type FleetLog } from './log.js';
import type { Endpoint } from './mqtt-client.js';
import { twoDigits } from './offline-sessions.js';
import { type OnlineClient, startOnlineClient } from './online-client.js';
import { watchWills } from './will-watcher.js';

interface FleetOptions {
  /** The traffic gate; clients know nothing else of the cluster. */
  readonly endpoint: Endpoint;
  /** Further gates: the clients are spread over all of them. Default: none */
  readonly otherEndpoints?: readonly Endpoint[];
  /** Tells where a connection ended. */
  readonly view: Pick<BrokerView, 'nodeOf'>;
  /** Clients that stay online. Default: 24 */
  readonly clients?: number;
  /** Messages a second of each client. Default: 2 */
  readonly messagesPerSecond?: number;
  /** Gets every event of the clients as a line of JSON. Default: none */
  readonly logFile?: string;
}

/** Clients that talk to each other through everything that happens to the cluster. */
export interface Fleet {
  readonly log: FleetLog;
  readonly clients: readonly OnlineClient[];
  /** Throws away one message that the broker acknowledged, before its receiver sees it: sabotage. */
  discardOne(): void;
  /** Stops sending, and returns when everything sent is acknowledged and had time to arrive, or after `withinMs`. */
  quiesce(withinMs?: number): Promise<void>;
  /** Sends again after `quiesce`. */
  resume(): void;
  stop(): Promise<void>;
}

const AT_ONCE = 8;
const ARRIVAL_MS = 1000;

/** Connects all clients and starts their traffic: each one sends to the next one in the round. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { endpoint, otherEndpoints = [], view, clients: count = 24, messagesPerSecond = 2, logFile } = options;
  const endpoints = [endpoint, ...otherEndpoints];
  const log = createFleetLog(logFile);
  const clients: OnlineClient[] = [];
  const timers: NodeJS.Timeout[] = [];
  const current = new Map<string, number>();
  let toDiscard = 0;
  const wills = await watchWills(endpoint, log);
  const stop = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(clients.map((client) => client.stop()));
    await wills.stop();
    await log.close();
  };
  const start = (index: number): Promise<OnlineClient> =>
    startOnlineClient({
      ...{ endpoint: endpoints[index % endpoints.length] ?? endpoint, id: `online-${twoDigits(index + 1)}`, log },
      connected: (client, connection) => {
        current.set(client, connection);
        void view.nodeOf(client).then(
          (node) => {
            // A connection that was cut in the meantime stays unknown: the answer may be about the next one.
            if (node === undefined || current.get(client) !== connection) return;
            log.add({ kind: 'placed', at: Date.now(), client, connection, node });
          },
          // No broker answers: the clients of that moment are nowhere.
          () => undefined,
        );
      },
      discards: () => {
        if (toDiscard === 0) return false;
        toDiscard -= 1;
        return true;
      },
    });
  try {
    for (let from = 0; from < count; from += AT_ONCE) {
      const indexes = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, offset) => from + offset);
      const started = await Promise.allSettled(indexes.map(start));
      for (const one of started) if (one.status === 'fulfilled') clients.push(one.value);
      const failed = started.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const every = 1000 / messagesPerSecond;
  const pause = (): void => {
    for (const timer of timers.splice(0)) clearInterval(timer);
  };
  const resume = (): void => {
    pause();
    for (const [index, client] of clients.entries()) {
      const next = clients[(index + 1) % clients.length] ?? client;
      const begin = (): void => {
        timers.push(setInterval(() => client.send(next.id), every));
      };
      // Spread over time, as clients that know nothing of each other are.
      timers.push(setTimeout(begin, (every * index) / clients.length));
    }
  };
  resume();
  return {
    log,
    clients,
    discardOne: () => {
      toDiscard += 1;
    },
    async quiesce(withinMs = 30_000) {
      pause();
      const deadline = Date.now() + withinMs;
      const busy = (): boolean => clients.some((client) => client.unacknowledged > 0 || !client.connected);
      while (busy() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
    },
    ...{ resume, stop },
  };
}
