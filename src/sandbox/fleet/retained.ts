import { type Endpoint, openClient, untilConnected } from './mqtt-client.js';
import { twoDigits } from './offline-sessions.js';

const QUIET_MS = 700;

/** Publishes retained messages. @returns payload by topic, each acknowledged */
export async function publishRetained(endpoint: Endpoint, count: number): Promise<Map<string, string>> {
  const client = openClient(endpoint, 'retainer', { passing: true, will: false });
  await untilConnected(client);
  const sent = new Map<string, string>();
  for (let index = 1; index <= count; index += 1) {
    sent.set(`state/${twoDigits(index)}`, `value ${index} of ${Date.now()}`);
  }
  await Promise.all([...sent].map(([topic, payload]) => client.publishAsync(topic, payload, { qos: 1, retain: true })));
  await client.endAsync();
  return sent;
}

/** What a new subscriber gets. @returns payload by topic */
export async function readRetained(endpoint: Endpoint): Promise<Map<string, string>> {
  const client = openClient(endpoint, `reader-${Date.now()}`, { passing: true, will: false });
  const found = new Map<string, string>();
  let lastAt = Date.now();
  client.on('message', (topic, payload, { retain }) => {
    if (retain) found.set(topic, payload.toString('utf8'));
    lastAt = Date.now();
  });
  await untilConnected(client);
  await client.subscribeAsync('state/#', { qos: 1 });
  lastAt = Date.now();
  while (Date.now() - lastAt < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 50));
  await client.endAsync();
  return found;
}
