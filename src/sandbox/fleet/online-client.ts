import type { MqttClient } from 'mqtt';
import { decodeNumbered, encodeNumbered, inboxOf } from './events.js';
import type { FleetLog } from './log.js';
import { type Endpoint, openClient, untilConnected } from './mqtt-client.js';

/** A client that stays connected, takes its own messages and sends numbered ones to others. */
export interface OnlineClient {
  readonly id: string;
  readonly connected: boolean;
  /** Messages that were sent and are not acknowledged yet. */
  readonly unacknowledged: number;
  /** Sends the next message to another client, unless it is not connected or too many are unacknowledged. */
  send(to: string): void;
  stop(): Promise<void>;
}

export interface OnlineClientOptions {
  readonly endpoint: Endpoint;
  readonly id: string;
  readonly log: FleetLog;
  /** Told about each new connection. */
  readonly connected: (client: string, connection: number) => void;
  /** Whether a message that arrived is thrown away before the client sees it: sabotage of the tests. */
  readonly discards?: ((to: string) => boolean) | undefined;
}

const MOST_UNACKNOWLEDGED = 40;
const RETRY_MS = 200;

interface Flight {
  readonly sentAt: number;
  attempts: number;
}

/** Connects a client; resolves when it is connected and subscribed. */
export async function startOnlineClient(options: OnlineClientOptions): Promise<OnlineClient> {
  const { endpoint, id, log } = options;
  const client = openClient(endpoint, id);
  const flights = new Map<number, Flight>();
  let seq = 0;
  let stopped = false;
  let connection = 0;
  noteConnections(client, {
    connected: (sessionPresent) => {
      connection += 1;
      log.add({ kind: 'connected', at: Date.now(), client: id, connection, sessionPresent });
      options.connected(id, connection);
    },
    disconnected: (reason) => {
      if (!stopped) log.add({ kind: 'disconnected', at: Date.now(), client: id, connection, reason });
    },
  });
  client.on('packetsend', (packet) => {
    if (packet.cmd !== 'publish') return;
    const message = decodeNumbered(Buffer.from(packet.payload));
    const flight = message && flights.get(message.seq);
    if (flight) flight.attempts += 1;
  });
  client.on('message', (_topic, payload, { dup }) => {
    const message = decodeNumbered(payload);
    if (!message || options.discards?.(id) === true) return;
    log.add({ kind: 'delivered', at: Date.now(), ...message, to: id, dup, connection });
  });

  const publish = (number: number, to: string, payload: string): void => {
    client.publish(inboxOf(to), payload, { qos: 1 }, (error) => {
      const flight = flights.get(number);
      if (flight === undefined || stopped) return;
      if (error) {
        // Refused, or thrown out by the library: the same message again, until somebody takes it.
        setTimeout(() => publish(number, to, payload), RETRY_MS).unref();
        return;
      }
      flights.delete(number);
      log.add({ kind: 'acknowledged', at: Date.now(), ...flight, from: id, to, seq: number });
    });
  };
  const subscribed = client.subscribeAsync(inboxOf(id), { qos: 1 });
  subscribed.catch(() => undefined);
  await untilConnected(client);
  await subscribed;
  return {
    id,
    get connected() {
      return client.connected;
    },
    get unacknowledged() {
      return flights.size;
    },
    send(to) {
      if (stopped || !client.connected || flights.size >= MOST_UNACKNOWLEDGED) return;
      seq += 1;
      flights.set(seq, { sentAt: Date.now(), attempts: 0 });
      publish(seq, to, encodeNumbered({ from: id, seq }));
    },
    async stop() {
      stopped = true;
      await client.endAsync(true);
    },
  };
}

interface ConnectionNotes {
  connected(sessionPresent: boolean): void;
  disconnected(reason: number | null): void;
}

function noteConnections(client: MqttClient, notes: ConnectionNotes): void {
  let open = false;
  let reason: number | null = null;
  client.on('connect', ({ sessionPresent }) => {
    open = true;
    reason = null;
    notes.connected(sessionPresent);
  });
  client.on('disconnect', ({ reasonCode }) => {
    reason = reasonCode ?? 0;
  });
  // Attempts to connect that fail end in a `close` as well.
  client.on('close', () => {
    if (!open) return;
    open = false;
    notes.disconnected(reason);
  });
}
