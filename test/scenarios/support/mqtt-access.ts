import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { Host } from '../../../src/sandbox/hosts/index.js';

/** Who a client says he is. */
export interface Identity {
  readonly username?: string;
  readonly password?: string;
  readonly clientId?: string;
}

let count = 0;

/** A real MQTT client of a node; undefined where the node refuses it. */
async function open(host: Host, identity: Identity): Promise<MqttClient | undefined> {
  count += 1;
  const options: IClientOptions = {
    ...{ protocolVersion: 5, reconnectPeriod: 0 },
    clientId: `access-${count}`,
    ...identity,
  };
  try {
    return await connectAsync(`mqtt://${host.address}:1883`, { ...options, connectTimeout: 10_000 }, false);
  } catch (error) {
    if (reasonOf(error) >= 0x80) return undefined;
    throw error;
  }
}

/** Reason code of MQTT 5 by which a broker refused something; 0 where there is none. */
function reasonOf(error: unknown): number {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'number' ? code : 0;
}

/** Whether a broker does what it is asked for; one that refuses answers with a reason code. */
async function isGranted(ask: Promise<unknown>): Promise<boolean> {
  try {
    await ask;
    return true;
  } catch (error) {
    // The library tells no code of a refused subscription.
    if (reasonOf(error) >= 0x80 || String(error).includes('Not authorized')) return false;
    throw error;
  }
}

/** Under an id of its own: two clients with one id would throw each other out. */
export async function isLetIn(host: Host, { username, password }: Identity = {}): Promise<boolean> {
  const client = await open(host, { ...(username && { username }), ...(password && { password }) });
  await client?.endAsync(true);
  return client !== undefined;
}

/** What a client that is let in may do with a topic. */
export async function access(
  host: Host,
  identity: Identity,
  topic: string,
): Promise<{ publish: boolean; subscribe: boolean }> {
  const allowed = { publish: false, subscribe: false };
  for (const [what, ask] of [
    ['subscribe', (client: MqttClient) => client.subscribeAsync(topic, { qos: 1 })],
    ['publish', (client: MqttClient) => client.publishAsync(topic, 'hello', { qos: 1 })],
  ] as const) {
    const client = await open(host, identity);
    if (client === undefined) throw new Error(`${identity.username ?? 'nobody'} is not let in at ${host.name}`);
    client.on('error', () => undefined);
    allowed[what] = await isGranted(ask(client));
    await client.endAsync(true);
  }
  return allowed;
}
