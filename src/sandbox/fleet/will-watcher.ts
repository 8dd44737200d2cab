import type { FleetLog } from './log.js';
import { type Endpoint, openClient, untilConnected } from './mqtt-client.js';

/** Notes each will that is published, also while it is not connected: its session is persistent. */
export async function watchWills(endpoint: Endpoint, log: FleetLog): Promise<{ stop(): Promise<void> }> {
  const client = openClient(endpoint, 'wills', { will: false });
  client.on('message', (_topic, payload) => {
    log.add({ kind: 'will', at: Date.now(), client: payload.toString('utf8') });
  });
  const subscribed = client.subscribeAsync('wills/#', { qos: 1 });
  subscribed.catch(() => undefined);
  await untilConnected(client);
  await subscribed;
  return { stop: () => client.endAsync(true) };
}
