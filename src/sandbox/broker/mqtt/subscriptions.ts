import type { ISubscribePacket } from 'mqtt-packet';
import type { Subscription } from '../../wire/records.js';
import { isFilter } from './topics.js';

/** What a SUBSCRIBE wants, and what of it can be had. */
export function readSubscriptions(packet: ISubscribePacket): { wanted: Subscription[]; good: Subscription[] } {
  const id = packet.properties?.subscriptionIdentifier;
  const wanted = packet.subscriptions.map((one) => ({
    filter: one.topic,
    qos: one.qos,
    nl: one.nl ?? false,
    rap: one.rap ?? false,
    rh: one.rh ?? 0,
    id,
  }));
  return { wanted, good: wanted.filter((one) => isFilter(one.filter) && !one.filter.startsWith('$share/')) };
}

/**
 * 0x87: not authorized, 0x8f: topic filter invalid, 0x9e: shared subscriptions not supported (MQTT 5, section 3.9.3);
 * 0x80 before.
 */
export function refusal(filter: string, v5: boolean, forbidden: boolean): number {
  if (!v5) return 0x80;
  if (forbidden) return 0x87;
  return filter.startsWith('$share/') ? 0x9e : 0x8f;
}
