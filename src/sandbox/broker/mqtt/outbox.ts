import type { Packet } from 'mqtt-packet';
import { BoundedSet } from '../store/bounded-set.js';
import type { Queued } from '../../wire/records.js';
import { decodeProperties } from './properties.js';

export interface OutboxPort {
  v5: boolean;
  /** How many unacknowledged messages the client takes at once. */
  window: number;
  write(packet: Packet): void;
  /** The client has the message for good. */
  acknowledged(id: string): void;
  /** The client received a QoS 2 message; resolves when that is durable. */
  received(id: string, packetId: number): Promise<void>;
}

/**
 * What is on its way to one client, in order. Messages may be offered again at any time; one that is on its way or was
 * acknowledged on this connection is not sent again.
 */
export class Outbox {
  private readonly waiting = new Map<string, Queued>();
  private readonly flying = new Map<number, string>();
  private readonly started = new Set<string>();
  private readonly settled = new BoundedSet(10_000);
  private nextId = 0;
  private open = false;

  constructor(private readonly port: OutboxPort) {}

  /** Begins to send, once the client got its CONNACK. `sent` are ids that an earlier connection may have delivered. */
  begin(): void {
    this.open = true;
    this.pump();
  }

  pause(): void {
    this.open = false;
  }

  get unacknowledged(): number {
    return this.flying.size;
  }

  offer(messages: readonly Queued[]): void {
    for (const message of messages) {
      if (this.started.has(message.id)) continue;
      if (this.settled.has(message.id)) {
        // The session still has it: the acknowledgement went to a member set that did not hold the session.
        if (message.qos > 0) this.port.acknowledged(message.id);
        continue;
      }
      this.waiting.set(message.id, message);
    }
    if (this.open) this.pump();
  }

  private freeId(): number {
    do this.nextId = (this.nextId % 65_535) + 1;
    while (this.flying.has(this.nextId));
    return this.nextId;
  }

  private pump(): void {
    const ordered =
      this.waiting.size > 1 ? [...this.waiting.values()].sort((a, b) => a.seq - b.seq) : this.waiting.values();
    for (const message of ordered) {
      if (message.qos > 0 && this.flying.size >= this.port.window) return;
      this.waiting.delete(message.id);
      this.send(message);
    }
  }

  private send(message: Queued): void {
    if (message.release !== undefined) {
      this.flying.set(message.release, message.id);
      this.started.add(message.id);
      this.port.write({ cmd: 'pubrel', messageId: message.release });
      return;
    }
    const qos = message.qos === 2 ? 2 : message.qos === 1 ? 1 : 0;
    const packetId = qos === 0 ? undefined : this.freeId();
    if (packetId === undefined) this.settled.add(message.id);
    else {
      this.flying.set(packetId, message.id);
      this.started.add(message.id);
    }
    const [single, ...more] = message.subscriptionIds;
    const properties = this.port.v5 ? decodeProperties(message.properties) : undefined;
    if (properties && single !== undefined)
      properties.subscriptionIdentifier = more.length > 0 ? [single, ...more] : single;
    if (properties && message.expiresAt !== undefined) {
      properties.messageExpiryInterval = Math.max(1, Math.round((message.expiresAt - Date.now()) / 1000));
    }
    this.port.write({
      cmd: 'publish',
      topic: message.topic,
      payload: Buffer.from(message.payload, 'base64'),
      qos,
      retain: message.retain,
      dup: false,
      ...(packetId === undefined ? {} : { messageId: packetId }),
      ...(properties && Object.keys(properties).length > 0 ? { properties } : {}),
    });
  }

  private settle(packetId: number): void {
    const id = this.flying.get(packetId);
    if (id === undefined) return;
    this.flying.delete(packetId);
    this.started.delete(id);
    this.settled.add(id);
    this.port.acknowledged(id);
    if (this.open) this.pump();
  }

  puback(packetId: number): void {
    this.settle(packetId);
  }

  /** @param failed the client refused the message: it is done with (MQTT 5, reason code 0x80 or more) */
  async pubrec(packetId: number, failed: boolean): Promise<void> {
    const id = this.flying.get(packetId);
    if (id === undefined || failed) {
      this.settle(packetId);
      return;
    }
    await this.port.received(id, packetId);
    this.port.write({ cmd: 'pubrel', messageId: packetId });
  }

  pubcomp(packetId: number): void {
    this.settle(packetId);
  }
}
