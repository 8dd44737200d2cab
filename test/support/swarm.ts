import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { until } from './until.js';

export interface SwarmOptions {
  readonly size: number;
  /** First part of each client's id. */
  readonly name: string;
  /** Addresses of brokers: each client begins at the first one. */
  readonly addresses: readonly string[];
  /** Where a client goes whose connection was ended. Default: `next`, round the others */
  readonly after?: 'next' | 'same';
  readonly willTopic?: string;
}

/** Very many MQTT 5 clients with persistent sessions and a will each, small enough for one process. */
export interface Swarm {
  /** Clients that are connected now, by address. */
  count(address?: string): number;
  /** Connections that were accepted after a cut. */
  readonly moved: number;
  /** Of those, the ones whose session was there. */
  readonly sessionsKept: number;
  /** Milliseconds since 1970 of each cut, in their order. */
  readonly cuts: readonly number[];
  /** Connects again, like the first time, at these addresses in this order. */
  gather(addresses: readonly string[]): Promise<void>;
  stop(): void;
}

const port = 1883;
/** Attempts to connect under way at once. */
const atOnce = 100;

/** Resolves when all are connected. */
export async function startSwarm(options: SwarmOptions): Promise<Swarm> {
  const swarm = new Clients(options);
  await swarm.gather(options.addresses);
  return swarm;
}

class Clients implements Swarm {
  moved = 0;
  sessionsKept = 0;
  readonly cuts: number[] = [];
  private addresses: readonly string[] = [];
  private readonly sockets: (Socket | undefined)[];
  private readonly connected: (string | undefined)[];
  private stopped = false;

  constructor(private readonly options: SwarmOptions) {
    this.sockets = Array.from({ length: options.size });
    this.connected = Array.from({ length: options.size });
  }

  count(address?: string): number {
    return this.connected.filter((at) => at !== undefined && (address === undefined || at === address)).length;
  }

  async gather(addresses: readonly string[]): Promise<void> {
    this.addresses = addresses;
    const { size } = this.options;
    for (let index = 0; index < size; index++) {
      this.open(index, 0, false);
      await until(() => index + 1 - this.count() < atOnce || index + 1 < atOnce, 60_000);
    }
    await until(() => this.count(addresses[0]) === size, 60_000);
  }

  stop(): void {
    this.stopped = true;
    for (const socket of this.sockets) socket?.destroy();
  }

  private open(index: number, turn: number, isReturn: boolean): void {
    const address = this.addresses[turn % this.addresses.length] ?? '';
    const before = this.sockets[index];
    const socket = connect({ host: address, port, noDelay: true });
    this.sockets[index] = socket;
    this.connected[index] = undefined;
    before?.destroy();
    socket.once('connect', () => socket.write(this.connectPacket(index)));
    socket.on('data', (data: Buffer) => {
      // CONNACK with reason 0; whatever else a broker says ends with the connection.
      if (this.connected[index] !== undefined || data[0] !== 0x20 || data[3] !== 0) return;
      this.connected[index] = address;
      if (!isReturn) return;
      this.moved += 1;
      if (data[2] === 1) this.sessionsKept += 1;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.stopped || this.sockets[index] !== socket) return;
      const cut = this.connected[index] !== undefined;
      if (cut) this.cuts.push(Date.now());
      this.connected[index] = undefined;
      const next = this.options.after === 'same' ? turn : turn + 1;
      setTimeout(() => this.stopped || this.open(index, next, isReturn || cut), cut ? 20 : 200);
    });
  }

  private connectPacket(index: number): Buffer {
    const clientId = `${this.options.name}-${index}`;
    return generate({
      cmd: 'connect',
      protocolVersion: 5,
      protocolId: 'MQTT',
      ...{ clientId, clean: false, keepalive: 0 },
      properties: { sessionExpiryInterval: 3600 },
      will: { topic: this.options.willTopic ?? 'wills', payload: Buffer.from(clientId), qos: 1, retain: false },
    });
  }
}
