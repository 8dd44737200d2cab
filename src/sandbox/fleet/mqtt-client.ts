import { connect, type IClientOptions, type MqttClient, Store } from 'mqtt';
import { willOf } from './events.js';

/** Where clients connect to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ClientOptions {
  /** Whether the client has a will. Default: true */
  readonly will?: boolean;
  /** Whether it connects again after a cut. Default: true */
  readonly reconnect?: boolean;
  /** Whether the session ends with the connection. Default: false, it is kept for a day */
  readonly passing?: boolean;
}

const SESSION_EXPIRY_S = 86_400;
const RECONNECT_MS = { least: 80, most: 160 };

/**
 * What is sent again after a cut carries the flag DUP, as MQTT 5 asks for (section 3.3.1.1); the client library sends
 * it as it was stored.
 */
class DuplicateMarkingStore extends Store {
  override put(...[packet, done]: Parameters<Store['put']>): this {
    return super.put(packet.cmd === 'publish' ? { ...packet, dup: true } : packet, done);
  }
}

/** An MQTT 5 client with a persistent session that connects again soon after each cut, never at the same moment as others. */
export function openClient({ host, port }: Endpoint, clientId: string, options: ClientOptions = {}): MqttClient {
  const { will = true, reconnect = true, passing = false } = options;
  const settings: IClientOptions = {
    ...{ host, port, clientId, protocol: 'mqtt', protocolVersion: 5, clean: passing },
    properties: { sessionExpiryInterval: passing ? 0 : SESSION_EXPIRY_S, receiveMaximum: 100 },
    ...{ keepalive: 20, connectTimeout: 5000, reconnectPeriod: reconnect ? nextDelay() : 0 },
    reconnectOnConnackError: reconnect,
    outgoingStore: new DuplicateMarkingStore({ clean: false }),
    ...(will ? { will: { topic: willOf(clientId), payload: Buffer.from(clientId), qos: 1, retain: false } } : {}),
  };
  const client = connect(settings);
  client.on('close', () => {
    if (reconnect) client.options.reconnectPeriod = nextDelay();
  });
  // A refused or reset connection is what the log is about; the library would throw it.
  client.on('error', () => undefined);
  return client;
}

function nextDelay(): number {
  return RECONNECT_MS.least + Math.random() * (RECONNECT_MS.most - RECONNECT_MS.least);
}

/**
 * Resolves at the first CONNACK. When there is none in time the client is ended: nobody else will.
 * @returns whether the broker had the session
 */
export function untilConnected(client: MqttClient, withinMs = 20_000): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.end(true);
      reject(new Error(`The client ${client.options.clientId ?? ''} was not connected within ${withinMs} ms.`));
    }, withinMs);
    client.once('connect', ({ sessionPresent }) => {
      clearTimeout(timer);
      resolve(sessionPresent);
    });
  });
}
