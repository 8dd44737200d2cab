import type { Acknowledged, Delivered, FleetEvent } from '../fleet/index.js';
import { type Span, within } from './evidence.js';

export interface MessageEvidence {
  readonly events: readonly FleetEvent[];
  /** From the declared disaster until its recovery has ended. */
  readonly disaster?: Span | undefined;
}

export interface MessageCounts {
  /** Messages that the broker acknowledged. */
  readonly published: number;
  /** Acknowledged messages that arrived at least once. */
  readonly delivered: number;
  /** Acknowledged messages that never arrived, those of the declared disaster left out. */
  readonly lost: number;
  /** Acknowledged in the declared disaster and never arrived: the broker had lost all replicas of the session. */
  readonly lostInDisaster: number;
  /** Repeated arrivals that QoS 1 does not explain, those of the declared disaster left out. */
  readonly duplicated: number;
  /** Repeated arrivals that QoS 1 explains, see {@link judgeMessages}. */
  readonly redelivered: number;
  /** Some of the lost messages, as `<from> #<number> -> <to>`. */
  readonly examples: readonly string[];
}

/** A message that was acknowledged so shortly before the disaster may not have left the broker yet. */
const UNDER_WAY_MS = 2000;
/** A broker that got an acknowledgement so long before the connection was cut must have noted it. */
const NOTED_WITHIN_MS = 5000;
const EXAMPLES = 5;

/**
 * Holds what arrived against what was acknowledged.
 *
 * A repeated arrival is explained by QoS 1, "at least once", when it carries DUP; when the sender had to send the
 * message again, because its connection was cut before the acknowledgement; or when it came on a later connection of the
 * receiver than the arrival before it and that one was cut so soon that the receiver's acknowledgement may have been
 * lost with it.
 */
export function judgeMessages({ events, disaster }: MessageEvidence): MessageCounts {
  const arrivals = new Map<string, Delivered[]>();
  const acknowledged = new Map<string, Acknowledged>();
  const cuts = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'delivered') arrivals.set(keyOf(event), [...(arrivals.get(keyOf(event)) ?? []), event]);
    if (event.kind === 'acknowledged') acknowledged.set(keyOf(event), event);
    if (event.kind === 'disconnected') cuts.set(`${event.client} ${event.connection}`, event.at);
  }
  const inDisaster = disaster && { from: disaster.from - UNDER_WAY_MS, to: disaster.to };
  const missing = [...acknowledged].filter(([key]) => !arrivals.has(key)).map(([, message]) => message);
  const lost = missing.filter(({ at, sentAt }) => !within(at, inDisaster) && !within(sentAt, inDisaster));
  let duplicated = 0;
  let redelivered = 0;
  for (const [key, all] of arrivals) {
    for (const [index, arrival] of all.entries()) {
      const before = all[index - 1];
      if (before === undefined) continue;
      const sentAgain = (acknowledged.get(key)?.attempts ?? 1) > 1;
      if (arrival.dup || sentAgain || afterCut(before, arrival, cuts)) redelivered += 1;
      else if (!within(arrival.at, inDisaster)) duplicated += 1;
    }
  }
  return {
    published: acknowledged.size,
    delivered: acknowledged.size - missing.length,
    lost: lost.length,
    lostInDisaster: missing.length - lost.length,
    ...{ duplicated, redelivered },
    examples: lost.slice(0, EXAMPLES).map(({ from, seq, to }) => `${from} #${seq} -> ${to}`),
  };
}

function afterCut(before: Delivered, arrival: Delivered, cuts: ReadonlyMap<string, number>): boolean {
  if (arrival.connection <= before.connection) return false;
  const cutAt = cuts.get(`${before.to} ${before.connection}`);
  return cutAt === undefined || cutAt - before.at < NOTED_WITHIN_MS;
}

function keyOf({ from, seq }: { readonly from: string; readonly seq: number }): string {
  return `${from} ${seq}`;
}
