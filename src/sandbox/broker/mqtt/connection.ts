import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import * as mqtt from 'mqtt-packet';
import type {
  IConnectPacket,
  IDisconnectPacket,
  IPublishPacket,
  ISubscribePacket,
  IUnsubscribePacket,
  Packet,
} from 'mqtt-packet';
import { noExpiry } from '../config/config.js';
import type { ConnectionFacts } from '../sessions/calls.js';
import type { Queued, Subscription } from '../../wire/records.js';
import { type Refusal, refusals } from '../security/authenticator.js';
import { mayPublish, maySubscribe, type Permission } from '../security/permissions.js';
import type { Clients } from './clients.js';
import { Outbox } from './outbox.js';
import { connectFacts } from './connect-facts.js';
import { toMessage, willMessage } from './messages.js';
import { readSubscriptions, refusal } from './subscriptions.js';
import { isTopic } from './topics.js';

/** MQTT 5 reason codes of a DISCONNECT by the server (MQTT 5, section 3.14.2.1). */
export const reason = {
  serverShuttingDown: 0x8b,
  sessionTakenOver: 0x8e,
  administrative: 0x98,
  keepAlive: 0x8d,
} as const;

/** The same in MQTT 3 (MQTT 3.1.1, section 3.2.2.3). */
const returnCodes: Readonly<Record<Refusal, number>> = { 0x87: 5, 0x86: 4, 0x85: 2 };

/** How long a client may take until its CONNECT, in milliseconds (the vendor's no-connect-idle-timeout). */
const connectTimeout = 10_000;
/** Unacknowledged messages to a client that names no limit; the vendor's default for MQTT 3 is small as well. */
const defaultWindow = 100;

/** One MQTT client's connection. */
export class Connection {
  readonly id = randomBytes(8).toString('hex');
  clientId = '';
  persistent = false;
  expiry = 0;
  connectedAt = new Date();
  connect: IConnectPacket | undefined;
  subscriptions: Subscription[] = [];
  private readonly parser = mqtt.parser();
  private outbox: Outbox | undefined;
  private will: IConnectPacket['will'];
  private ended = false;
  private accepted = false;
  private quiet = false;
  /** undefined: it may do everything. */
  private permissions: readonly Permission[] | undefined;
  private idle: NodeJS.Timeout;
  private readonly received = new Set<number>();
  private working = Promise.resolve();
  private open = 0;

  constructor(
    private readonly stream: Duplex,
    private readonly listener: string,
    private readonly sourceIp: string,
    private readonly clients: Clients,
  ) {
    this.idle = setTimeout(() => this.lost(), connectTimeout);
    this.parser.on('packet', (packet: Packet) => this.enqueue(packet));
    this.parser.on('error', () => this.lost());
    stream.on('data', (chunk: Buffer) => {
      if (!this.ended) this.parser.parse(chunk);
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.lost());
  }

  private get v5(): boolean {
    return this.connect?.protocolVersion === 5;
  }

  /** Messages in both directions that are begun and not yet acknowledged. */
  get unfinished(): number {
    return this.ended ? 0 : this.open + (this.outbox?.unacknowledged ?? 0);
  }

  /** Begins nothing more: what is under way may be acknowledged before the connection ends. */
  quiesce(): void {
    this.quiet = true;
    this.outbox?.pause();
  }

  facts(node: string): ConnectionFacts {
    return {
      ...connectFacts(this.connect),
      connectedListenerId: this.listener,
      connectedNodeId: node,
      sourceIp: this.sourceIp,
      connectedAt: this.connectedAt.toISOString(),
      willPresent: this.will !== undefined,
      expiry: this.expiry,
    };
  }

  private write(packet: Packet): void {
    if (!this.stream.writable) return;
    this.stream.write(mqtt.generate(packet, { protocolVersion: this.connect?.protocolVersion ?? 4 }));
  }

  offer(messages: readonly Queued[]): void {
    this.outbox?.offer(messages);
  }

  /** Control packets in order; publishes go on side by side, each is acknowledged when it is safe. */
  private enqueue(packet: Packet): void {
    this.touch();
    if (packet.cmd === 'publish' && this.accepted) {
      void this.publish(packet).catch(() => this.lost());
      return;
    }
    this.working = this.working.then(() => this.handle(packet)).catch(() => this.lost());
  }

  private touch(): void {
    const keepalive = this.connect?.keepalive ?? 0;
    if (!this.connect) return;
    clearTimeout(this.idle);
    if (keepalive > 0 && !this.ended) this.idle = setTimeout(() => this.end(reason.keepAlive, false), keepalive * 1500);
  }

  private async handle(packet: Packet): Promise<void> {
    if (this.ended) return;
    if (!this.accepted && packet.cmd !== 'connect') {
      this.lost();
      return;
    }
    switch (packet.cmd) {
      case 'connect':
        return this.accept(packet);
      case 'publish':
        void this.publish(packet).catch(() => this.lost());
        return;
      case 'subscribe':
        return this.subscribe(packet);
      case 'unsubscribe':
        return this.unsubscribe(packet);
      case 'puback':
        return this.outbox?.puback(packet.messageId ?? 0);
      case 'pubrec':
        return this.outbox?.pubrec(packet.messageId ?? 0, (packet.reasonCode ?? 0) >= 0x80);
      case 'pubcomp':
        return this.outbox?.pubcomp(packet.messageId ?? 0);
      case 'pubrel':
        this.received.delete(packet.messageId ?? 0);
        this.write({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
        return;
      case 'pingreq':
        this.write({ cmd: 'pingresp' });
        return;
      case 'disconnect': {
        this.leave(packet);
        return;
      }
      default: {
        this.lost();
        return;
      }
    }
  }

  private async accept(packet: IConnectPacket): Promise<void> {
    if (this.connect) {
      this.lost();
      return;
    }
    this.connect = packet;
    this.touch();
    const assigned = packet.clientId === '' ? `hmq_${randomBytes(6).toString('hex')}` : undefined;
    this.clientId = assigned ?? packet.clientId;
    this.will = packet.will;
    const clean = packet.clean ?? true;
    if (!this.admit(packet)) return;
    this.expiry = this.v5 ? (packet.properties?.sessionExpiryInterval ?? 0) : clean ? 0 : noExpiry;
    this.expiry = Math.min(this.expiry, this.clients.maxSessionExpiry);
    this.outbox = new Outbox({
      v5: this.v5,
      window: Math.min(packet.properties?.receiveMaximum ?? defaultWindow, defaultWindow),
      write: (out) => this.write(out),
      acknowledged: (id) => this.persistent && this.clients.acknowledged(this, id),
      received: (id, packetId) => (this.persistent ? this.clients.received(this, id, packetId) : Promise.resolve()),
    });
    const { present, queue } = await this.clients.attach(this, clean);
    if (this.ended) return;
    this.accepted = true;
    this.clients.events.connected(this.clientId, this.sourceIp, clean, this.expiry);
    this.write({
      cmd: 'connack',
      sessionPresent: present,
      returnCode: 0,
      reasonCode: 0,
      ...(this.v5
        ? {
            properties: {
              sharedSubscriptionAvailable: false,
              ...(assigned === undefined ? {} : { assignedClientIdentifier: assigned }),
            },
          }
        : {}),
    });
    this.outbox.offer(queue);
    this.outbox.begin();
  }

  private admit({ username, password, will }: IConnectPacket): boolean {
    const { clientId, listener } = this;
    const decision = this.clients.security.admit({ clientId, username, password, listener });
    if (!decision.admitted) {
      this.refuse(decision.reason);
      return false;
    }
    this.permissions = decision.permissions;
    if (!will || this.mayPublish({ topic: will.topic, qos: will.qos ?? 0, retain: will.retain ?? false })) return true;
    this.refuse(refusals.notAuthorized);
    return false;
  }

  private mayPublish(message: { topic: string; qos: number; retain: boolean }): boolean {
    return this.permissions === undefined || mayPublish(this.permissions, message);
  }

  /** In the words of both protocol versions. */
  private refuse(reasonCode: Refusal): void {
    this.write({ cmd: 'connack', sessionPresent: false, returnCode: returnCodes[reasonCode], reasonCode });
    this.will = undefined;
    this.connect = undefined;
    this.lost();
  }

  private async publish(packet: IPublishPacket): Promise<void> {
    const messageId = packet.messageId ?? 0;
    if (this.quiet) return;
    if (!isTopic(packet.topic)) {
      this.lost();
      return;
    }
    if (packet.qos === 2 && this.received.has(messageId)) {
      this.write({ cmd: 'pubrec', messageId });
      return;
    }
    if (!this.mayPublish(packet)) {
      this.reject(packet.qos, messageId);
      return;
    }
    this.open += 1;
    try {
      await this.clients.publish(toMessage(packet, this.clientId, messageId, this.clients.clock()));
    } finally {
      this.open -= 1;
    }
    if (packet.qos === 1) this.write({ cmd: 'puback', messageId });
    if (packet.qos === 2) {
      this.received.add(messageId);
      this.write({ cmd: 'pubrec', messageId });
    }
  }

  /** MQTT 3 has no word for a forbidden message: there the connection ends (Community Edition). */
  private reject(qos: number, messageId: number): void {
    if (!this.v5) this.lost();
    else if (qos === 1) this.write({ cmd: 'puback', messageId, reasonCode: refusals.notAuthorized });
    else if (qos === 2) this.write({ cmd: 'pubrec', messageId, reasonCode: refusals.notAuthorized });
  }

  private async subscribe(packet: ISubscribePacket): Promise<void> {
    const { wanted, good: understood } = readSubscriptions(packet);
    const { permissions } = this;
    const forbidden = new Set(
      permissions === undefined ? [] : understood.filter((one) => !maySubscribe(permissions, one.filter, one.qos)),
    );
    const good = understood.filter((one) => !forbidden.has(one));
    const known = await this.clients.subscribe(this, good);
    const granted = wanted.map((one) =>
      good.includes(one) ? one.qos : refusal(one.filter, this.v5, forbidden.has(one)),
    );
    this.write({ cmd: 'suback', messageId: packet.messageId ?? 0, granted });
    const retained = good.filter((one, index) => one.rh === 0 || (one.rh === 1 && known[index] === false));
    if (retained.length > 0) this.offer(await this.clients.retainedFor(retained));
  }

  private async unsubscribe(packet: IUnsubscribePacket): Promise<void> {
    const known = await this.clients.unsubscribe(this, packet.unsubscriptions);
    this.write({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted: known.map((one) => (one ? 0 : 0x11)) });
  }

  private leave(packet: IDisconnectPacket): void {
    const expiry = packet.properties?.sessionExpiryInterval;
    if (expiry !== undefined) this.expiry = expiry;
    // 0x04 asks for the will although the client leaves in order.
    if ((packet.reasonCode ?? 0) === 0) this.will = undefined;
    this.lost('gracefully');
  }

  /** Ends the connection from the broker's side; an MQTT 5 client is told why. */
  end(code: number, preventWill: boolean): void {
    if (preventWill) this.will = undefined;
    if (this.v5 && this.accepted) this.write({ cmd: 'disconnect', reasonCode: code });
    this.lost(code);
  }

  private lost(how: 'gracefully' | 'ungracefully' | number = 'ungracefully'): void {
    if (this.ended) return;
    this.ended = true;
    if (this.accepted) this.note(how);
    clearTimeout(this.idle);
    this.stream.end();
    setTimeout(() => this.stream.destroy(), 200).unref();
    const { will } = this;
    this.will = undefined;
    if (!this.connect) return;
    const message = will && willMessage(will, this.clientId, this.clients.clock());
    this.clients.ended(this, message);
  }

  private note(how: 'gracefully' | 'ungracefully' | number): void {
    const { clientId, sourceIp } = this;
    const { events } = this.clients;
    if (typeof how === 'number') events.wasDisconnected(clientId, sourceIp, how);
    else events.disconnected(clientId, sourceIp, how);
  }
}
