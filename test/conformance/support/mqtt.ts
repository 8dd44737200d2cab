import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** Connects once; the client does not come back by itself. */
export function connect(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  return mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 10_000, ...options });
}

/** Makes a persistent session with one subscription and leaves it. */
export async function makeSession(url: string, clientId: string, filter: string): Promise<void> {
  const client = await connect(url, { clientId, clean: true, properties: { sessionExpiryInterval: 3600 } });
  await client.subscribeAsync(filter, { qos: 1 });
  await client.endAsync();
}

/** Comes back to a persistent session and takes what is queued, until `done` says that it is enough. */
export async function takeQueue(
  url: string,
  clientId: string,
  enough: (payloads: readonly string[]) => boolean,
): Promise<{ payloads: string[]; present: boolean }> {
  const client = mqtt.connect(url, {
    clientId,
    clean: false,
    protocolVersion: 5,
    reconnectPeriod: 0,
    properties: { sessionExpiryInterval: 3600 },
  });
  const payloads: string[] = [];
  client.on('message', (_topic, payload) => payloads.push(payload.toString()));
  const present = await new Promise<boolean>((resolve, reject) => {
    client.once('connect', (packet) => resolve(packet.sessionPresent));
    client.once('error', reject);
  });
  const deadline = Date.now() + 5000;
  while (!enough(payloads) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  // A moment more: what comes too much must be seen as well.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await client.endAsync();
  return { payloads, present };
}
