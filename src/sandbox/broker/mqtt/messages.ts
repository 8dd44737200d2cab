import { createHash, randomBytes } from 'node:crypto';
import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { Message } from '../../wire/records.js';
import { encodeProperties } from './properties.js';

type Published = Pick<IPublishPacket, 'topic' | 'payload' | 'retain' | 'properties' | 'dup'> & { qos: number };

/**
 * A PUBLISH as it goes through the cluster.
 * @param packetId part of the fingerprint by which a repeated publish is recognized
 * @param publishedAt a time that never repeats on this node
 */
export function toMessage(packet: Published, clientId: string, packetId: number, publishedAt: number): Message {
  const payload = Buffer.from(packet.payload);
  const hash = createHash('sha1').update(`${clientId}\0${packetId}\0${packet.topic}\0`).update(payload);
  const lifetime = packet.properties?.messageExpiryInterval;
  return {
    id: randomBytes(12).toString('hex'),
    topic: packet.topic,
    payload: payload.toString('base64'),
    qos: packet.qos,
    retain: packet.retain,
    publishedAt,
    publisher: clientId,
    fingerprint: hash.digest('base64'),
    duplicate: packet.dup && packet.qos > 0,
    expiresAt: lifetime === undefined ? undefined : Date.now() + lifetime * 1000,
    properties: encodeProperties(packet.properties),
  };
}

/** A client's will as a message. */
export function willMessage(will: NonNullable<IConnectPacket['will']>, clientId: string, publishedAt: number): Message {
  const { topic, payload, qos = 0, retain = false, properties } = will;
  return toMessage({ topic, payload, qos, retain, dup: false, properties }, clientId, 0, publishedAt);
}
