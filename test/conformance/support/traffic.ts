import mqtt, { type MqttClient } from 'mqtt';
import { connect, makeSession } from './mqtt.js';

/** What a run of traffic came to. */
export interface TrafficResult {
  acknowledged: Set<string>;
  /** How often each payload arrived without the DUP flag's excuse, by subscriber. */
  received: Map<string, Map<string, number>>;
}

/**
 * Publishers and subscribers that stay for a while: publishes with QoS 1 to persistent sessions, some connected and some
 * away, while a test does something to the cluster.
 */
export class Traffic {
  private readonly acknowledged = new Set<string>();
  private readonly received = new Map<string, Map<string, number>>();
  private readonly clients: MqttClient[] = [];
  private stopping = false;
  private publishing: Promise<void> = Promise.resolve();

  private constructor(
    private publisherUrl: string,
    private readonly fallbackUrl: string | undefined,
    private readonly names: string[],
  ) {}

  /**
   * @param subscriberUrl where the connected subscribers are; half of the sessions stay away until the end
   * @param fallbackUrl where clients go whose broker ends, as behind a load balancer
   */
  static async start(
    publisherUrl: string,
    subscriberUrl: string,
    sessions: number,
    fallbackUrl?: string,
  ): Promise<Traffic> {
    const names = Array.from({ length: sessions }, (_, index) => `s${index}-${Math.random().toString(36).slice(2, 8)}`);
    const traffic = new Traffic(publisherUrl, fallbackUrl, names);
    for (const name of names) await makeSession(subscriberUrl, name, `traffic/${name}`);
    for (const name of names.slice(0, sessions / 2)) await traffic.subscribe(subscriberUrl, name);
    traffic.publishing = traffic.publish();
    return traffic;
  }

  private async subscribe(url: string, clientId: string): Promise<void> {
    const got = this.received.get(clientId) ?? new Map<string, number>();
    this.received.set(clientId, got);
    const client = mqtt.connect(url, {
      clientId,
      clean: false,
      protocolVersion: 5,
      reconnectPeriod: 0,
      properties: { sessionExpiryInterval: 3600 },
    });
    client.on('message', (_topic, payload) => {
      const text = payload.toString();
      got.set(text, (got.get(text) ?? 0) + 1);
    });
    client.on('error', () => undefined);
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    this.clients.push(client);
    const { fallbackUrl } = this;
    if (fallbackUrl !== undefined && url !== fallbackUrl) {
      client.once('close', () => {
        if (!this.stopping) void this.subscribe(fallbackUrl, clientId);
      });
    }
  }

  /** Publishes, at the fallback once the connection ended; what was not acknowledged by then counts for nothing. */
  private async publish(): Promise<void> {
    let client = await connect(this.publisherUrl);
    client.on('error', () => undefined);
    const open = new Set<Promise<void>>();
    const send = async (name: string, payload: string): Promise<void> => {
      await client.publishAsync(`traffic/${name}`, payload, { qos: 1 });
      this.acknowledged.add(payload);
    };
    for (let index = 0; !this.stopping; index += 1) {
      if (!client.connected && this.fallbackUrl !== undefined && this.publisherUrl !== this.fallbackUrl) {
        this.publisherUrl = this.fallbackUrl;
        client = await connect(this.publisherUrl);
        client.on('error', () => undefined);
      }
      const name = this.names[index % this.names.length]!;
      const tracked: Promise<void> = send(name, `${name} ${index}`)
        .catch(() => undefined)
        .finally(() => open.delete(tracked));
      open.add(tracked);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    if (this.fallbackUrl === undefined) await Promise.all(open);
    else await Promise.race([Promise.all(open), new Promise((resolve) => setTimeout(resolve, 500))]);
    await client.endAsync();
  }

  get count(): number {
    return this.acknowledged.size;
  }

  /** Ends the publishing, lets every session come back at the given node, and tells what arrived. */
  async finish(url: string): Promise<TrafficResult> {
    this.stopping = true;
    await this.publishing;
    for (const client of this.clients) client.end(true);
    for (const name of this.names) await this.subscribe(url, name);
    const deadline = Date.now() + 8000;
    const all = (): number => [...this.received.values()].reduce((sum, got) => sum + got.size, 0);
    while (all() < this.acknowledged.size && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 30));
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const client of this.clients) client.end(true);
    return { acknowledged: this.acknowledged, received: this.received };
  }
}

/** What is wrong with the result: acknowledged messages that did not arrive, and those that arrived twice. */
export function verdict({ acknowledged, received }: TrafficResult): { lost: string[]; twice: string[] } {
  const lost = [...acknowledged].filter((payload) => !received.get(payload.split(' ')[0]!)?.has(payload));
  const twice = [...received.values()].flatMap((got) =>
    [...got].filter(([, times]) => times > 1).map(([payload]) => payload),
  );
  return { lost, twice };
}
