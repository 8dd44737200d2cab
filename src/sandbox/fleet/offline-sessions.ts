import { decodeNumbered, encodeNumbered, inboxOf } from './events.js';
import { type Endpoint, openClient, untilConnected } from './mqtt-client.js';

/** What an offline client was sent: the numbers that its session holds. */
export interface OfflineSession {
  readonly client: string;
  readonly queued: readonly number[];
}

/** What an offline client found when it came back. */
export interface ResumedSession {
  readonly client: string;
  /** Whether the broker still had the session. */
  readonly sessionPresent: boolean;
  /** Distinct numbers that arrived, in order of arrival. */
  readonly received: readonly number[];
  /** Arrivals beyond the first of a number. */
  readonly repeated: number;
}

const SENDER = 'feeder';
const AT_ONCE = 10;
/** How long a resumed client waits after the last message. */
const QUIET_MS = 700;

/** Makes persistent sessions with a subscription, leaves them, and has messages queued in them. */
export async function queueForOfflineClients(
  endpoint: Endpoint,
  options: { readonly sessions: number; readonly messagesEach: number },
): Promise<OfflineSession[]> {
  const clients = Array.from({ length: options.sessions }, (_, index) => `offline-${twoDigits(index + 1)}`);
  await inGroups(clients, async (id) => {
    const client = openClient(endpoint, id);
    await untilConnected(client);
    await client.subscribeAsync(inboxOf(id), { qos: 1 });
    // In order, so that its will is not published.
    await client.endAsync();
  });
  const feeder = openClient(endpoint, SENDER, { passing: true, will: false });
  await untilConnected(feeder);
  let seq = 0;
  const sessions: OfflineSession[] = [];
  for (const client of clients) {
    const queued = Array.from({ length: options.messagesEach }, () => (seq += 1));
    await Promise.all(
      queued.map((number) =>
        feeder.publishAsync(inboxOf(client), encodeNumbered({ from: SENDER, seq: number }), { qos: 1 }),
      ),
    );
    sessions.push({ client, queued });
  }
  await feeder.endAsync();
  return sessions;
}

/** Connects each offline client again and takes what its session holds. */
export function resumeOfflineClients(
  endpoint: Endpoint,
  sessions: readonly OfflineSession[],
): Promise<ResumedSession[]> {
  return inGroups(sessions, (session) => resume(endpoint, session));
}

async function resume(endpoint: Endpoint, { client: id, queued }: OfflineSession): Promise<ResumedSession> {
  const client = openClient(endpoint, id, { will: false });
  const received = new Set<number>();
  let repeated = 0;
  let lastAt = Date.now();
  client.on('message', (_topic, payload) => {
    const message = decodeNumbered(payload);
    if (message?.from !== SENDER) return;
    lastAt = Date.now();
    if (received.has(message.seq)) repeated += 1;
    received.add(message.seq);
  });
  const sessionPresent = await untilConnected(client);
  lastAt = Date.now();
  // Also when all are there: one message too many is worth waiting for.
  const patience = (): number => (received.size < queued.length ? 4 * QUIET_MS : QUIET_MS);
  while (Date.now() - lastAt < patience()) await new Promise((resolve) => setTimeout(resolve, 50));
  await client.endAsync();
  return { client: id, sessionPresent, received: [...received], repeated };
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
