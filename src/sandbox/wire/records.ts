import { flag, type Guarded, list, maybe, number, record, text } from './guards.js';

/** One subscription of a persistent session. `nl`, `rap`, `rh`, `id` are MQTT 5's options. */
export const isSubscription = record({
  filter: text,
  qos: number,
  nl: flag,
  rap: flag,
  rh: number,
  id: maybe(number),
});
export type Subscription = Guarded<typeof isSubscription>;

/**
 * A persistent session without its queue. `version` (milliseconds, strictly growing) decides between two copies.
 * `createdAt` (milliseconds) is 0 for one that began where no earlier one was known.
 * A deleted session stays as a marker for a while, so that a copy that was cut off cannot bring it back.
 */
export const isSession = record({
  clientId: text,
  expiry: number,
  createdAt: number,
  version: number,
  subscriptions: list(isSubscription),
  connectedTo: maybe(text),
  connection: maybe(text),
  disconnectedAt: maybe(number),
  deleted: flag,
});
export type Session = Guarded<typeof isSession>;

/** One message as published: `payload` in Base64, `properties` the MQTT 5 properties as JSON. */
export const isMessage = record({
  id: text,
  topic: text,
  payload: text,
  qos: number,
  retain: flag,
  publishedAt: number,
  publisher: text,
  fingerprint: text,
  duplicate: flag,
  expiresAt: maybe(number),
  properties: maybe(text),
});
export type Message = Guarded<typeof isMessage>;

/** A message in a session's queue; `seq` (microseconds, strictly growing) orders it, `release` is the packet id that waits for PUBCOMP. */
export const isQueued = record({
  id: text,
  topic: text,
  payload: text,
  qos: number,
  retain: flag,
  seq: number,
  fingerprint: text,
  subscriptionIds: list(number),
  expiresAt: maybe(number),
  properties: maybe(text),
  release: maybe(number),
});
export type Queued = Guarded<typeof isQueued>;

/** A session with all that belongs to it; `delivered` are the ids (newest last) that the client has acknowledged. */
export const isUnit = record({ session: isSession, queue: list(isQueued), delivered: list(text) });
export type Unit = Guarded<typeof isUnit>;

/** A retained message; a deleted one is a marker. The higher `version` wins. */
export const isRetained = record({
  topic: text,
  id: text,
  payload: text,
  qos: number,
  version: number,
  deleted: flag,
  expiresAt: maybe(number),
  properties: maybe(text),
});
export type Retained = Guarded<typeof isRetained>;
