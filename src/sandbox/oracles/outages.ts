import type { FleetEvent } from '../fleet/index.js';
import { type Span, without } from './evidence.js';

/** The longest time in which one client could not get a message through. */
export interface Outage {
  readonly ms: number;
  /** Absent when there was none. */
  readonly client?: string;
  readonly why?: 'disconnected' | 'unacknowledged';
  /** When it began, in milliseconds. */
  readonly from?: number;
}

export interface OutageEvidence {
  readonly events: readonly FleetEvent[];
  /** End of the observation: who is disconnected then counts until then. */
  readonly until: number;
  /** The declared disaster is left out. */
  readonly disaster?: Span | undefined;
}

/** Looks for the longest time without a connection, or with a message that waited for its acknowledgement. */
export function judgeOutages({ events, until, disaster }: OutageEvidence): Outage {
  let longest: Outage = { ms: 0 };
  const look = (client: string, why: Outage['why'], span: Span): void => {
    for (const { from, to } of without(span, disaster)) {
      if (to - from > longest.ms) longest = { ms: to - from, client, ...(why && { why }), from };
    }
  };
  const cutAt = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'disconnected') cutAt.set(event.client, event.at);
    if (event.kind === 'acknowledged') look(event.from, 'unacknowledged', { from: event.sentAt, to: event.at });
    if (event.kind !== 'connected') continue;
    const from = cutAt.get(event.client);
    if (from !== undefined) look(event.client, 'disconnected', { from, to: event.at });
    cutAt.delete(event.client);
  }
  for (const [client, from] of cutAt) look(client, 'disconnected', { from, to: until });
  return longest;
}
