/** What a client of the fleet wrote down, at the moment it happened. `at` is the machine's time in milliseconds. */
export type FleetEvent =
  | Acknowledged
  | Delivered
  | Connected
  | Placed
  | Disconnected
  | { readonly kind: 'will'; readonly at: number; readonly client: string };

/** The broker acknowledged a message: from here on it answers for it. */
export interface Acknowledged {
  readonly kind: 'acknowledged';
  readonly at: number;
  /** When the client sent it first. */
  readonly sentAt: number;
  /** How often it was sent: more than once when a connection was cut before the acknowledgement. */
  readonly attempts: number;
  readonly from: string;
  readonly to: string;
  readonly seq: number;
}

export interface Delivered {
  readonly kind: 'delivered';
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly seq: number;
  readonly dup: boolean;
  /** Number of the receiver's connection, from 1. */
  readonly connection: number;
}

interface Connected {
  readonly kind: 'connected';
  readonly at: number;
  readonly client: string;
  readonly connection: number;
  readonly sessionPresent: boolean;
}

/** The node that a connection turned out to end at. */
interface Placed {
  readonly kind: 'placed';
  readonly at: number;
  readonly client: string;
  readonly connection: number;
  readonly node: string;
}

interface Disconnected {
  readonly kind: 'disconnected';
  readonly at: number;
  readonly client: string;
  readonly connection: number;
  /** MQTT 5 reason code of the broker's DISCONNECT; null when the connection just ended. */
  readonly reason: number | null;
}

/** Payload of a numbered message. */
export interface Numbered {
  readonly from: string;
  readonly seq: number;
}

export function encodeNumbered(message: Numbered): string {
  return JSON.stringify({ ...message, t: Date.now() });
}

/** @returns undefined when it is no message of the fleet */
export function decodeNumbered(payload: Uint8Array): Numbered | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { from, seq } = { from: undefined, seq: undefined, ...value };
    return typeof from === 'string' && typeof seq === 'number' ? { from, seq } : undefined;
  } catch {
    return undefined;
  }
}

/** Topic of the messages to one client. */
export function inboxOf(client: string): string {
  return `fleet/${client}/in`;
}

/** Topic of a client's will. */
export function willOf(client: string): string {
  return `wills/${client}`;
}
