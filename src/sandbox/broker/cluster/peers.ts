import type { Server, Socket } from 'node:net';
import type { Address } from '../config/address.js';
import { number, record, text } from '../../wire/guards.js';
import { type Call, call, Channel, type Handlers, Refused, type Serve } from './channel.js';
import type { Firewall } from './firewall.js';
import type { Transport } from './transport.js';

const isHello = record({ id: text, host: text, port: number });
const hello = call('hello', isHello, isHello);

/** How often an address without a connection is dialed again, and how long a dial may take, in milliseconds. */
const redialEvery = 400;
const dialTimeout = 2000;

/** Why a node is gone: its process ended (its port refuses), or nothing is heard of it. */
export type Gone = 'refused' | 'silent';

export interface PeerEvents {
  connected(id: string): void;
  gone(id: string, why: Gone): void;
  /** Nobody listens at an address: whatever was there has ended. */
  refused(address: Address): void;
}

interface Link {
  address: Address;
  channel: Channel | undefined;
  dialing: boolean;
  /** The node that last answered at this address. */
  id: string | undefined;
}

function keyOf(address: Address): string {
  return `${address.host}:${address.port}`;
}

/** Listens on the cluster transport and keeps one outgoing connection to each known address. */
export class Peers {
  private readonly links = new Map<string, Link>();
  private readonly incoming = new Set<Channel>();
  private readonly heard = new Map<string, number>();
  private wanted: Address[] = [];
  private readonly introduced = new Map<string, Address>();
  private readonly transport: Transport;
  private readonly firewall: Firewall;
  private server: Server | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly self: { id: string } & Address,
    { transport, firewall }: { transport: Transport; firewall: Firewall },
    private readonly handlers: Handlers,
    private readonly healthCheck: boolean,
    private readonly events: PeerEvents,
  ) {
    this.transport = transport;
    this.firewall = firewall;
    handlers.on(hello, (from, channel) => {
      if (channel) channel.peer = from.id;
      this.heard.set(from.id, performance.now());
      this.introduced.set(from.id, from);
      this.dialAll();
      return this.self;
    });
    firewall.onChange(() => this.holdAll());
  }

  /** @throws when the port is in use, or TlsFailure */
  async listen(): Promise<void> {
    this.server = await this.transport.listen((socket) => this.accept(socket));
    this.timer = setInterval(() => this.dialAll(), redialEvery);
  }

  private accept(socket: Socket): void {
    const channel: Channel = new Channel(socket, this.serveIncoming, () => this.incoming.delete(channel));
    this.incoming.add(channel);
    channel.hold(this.firewall.isBlocked(socket.remoteAddress ?? ''));
  }

  private readonly serveIncoming: Serve = (name, body, channel) => {
    const known = channel?.peer !== undefined && this.isConnected(channel.peer);
    if (this.transport.verifies && name !== hello.name && !known) {
      return Promise.reject(new Refused('closed', 'not verified'));
    }
    return this.handlers.serve(name, body, channel);
  };

  /** The addresses that discovery found; each is dialed for as long as it is listed. */
  setDiscovery(addresses: Address[]): void {
    this.wanted = addresses;
    this.dialAll();
  }

  /** Dials a node that another node told of. */
  introduce(node: { id: string } & Address): void {
    if (node.id === this.self.id) return;
    this.introduced.set(node.id, { host: node.host, port: node.port });
    this.dialAll();
  }

  /** Stops dialing a node that only introduced itself. */
  forget(id: string): void {
    this.introduced.delete(id);
  }

  private addresses(): Map<string, Address> {
    const own = keyOf(this.self);
    const all = [...this.wanted, ...this.introduced.values()].filter((address) => keyOf(address) !== own);
    return new Map(all.map((address) => [keyOf(address), address]));
  }

  private dialAll(): void {
    const addresses = this.addresses();
    for (const [key, link] of this.links)
      if (!addresses.has(key) && !link.channel && !link.dialing) this.links.delete(key);
    for (const [key, address] of addresses) {
      const link = this.links.get(key) ?? { address, channel: undefined, dialing: false, id: undefined };
      this.links.set(key, link);
      if (!link.channel && !link.dialing) void this.dial(link);
    }
  }

  private async dial(link: Link): Promise<void> {
    if (this.firewall.isBlocked(link.address.host)) return;
    link.dialing = true;
    const before = link.id;
    try {
      const channel = await this.connect(link);
      const answer = await Promise.race([channel.request(hello, this.self), this.giveUp(channel)]);
      channel.peer = answer.id;
      link.channel = channel;
      link.id = answer.id;
      this.heard.set(answer.id, performance.now());
      if (before !== undefined && before !== answer.id) this.lost(before, 'refused');
      this.events.connected(answer.id);
    } catch (error) {
      const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
      if (refused) this.events.refused(link.address);
      if (before !== undefined && refused) this.lost(before, 'refused');
    } finally {
      link.dialing = false;
    }
  }

  private async giveUp(channel: Channel): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, dialTimeout).unref());
    if (channel.peer === undefined) channel.close();
    throw new Refused('closed', 'no answer to hello');
  }

  private async connect(link: Link): Promise<Channel> {
    const socket = await this.transport.connect(link.address);
    const channel: Channel = new Channel(socket, this.handlers.serve, () => this.closed(link, channel));
    channel.hold(this.firewall.isBlocked(link.address.host));
    return channel;
  }

  private closed(link: Link, channel: Channel): void {
    if (link.channel !== channel) return;
    link.channel = undefined;
    // A live process accepts again at once; a refused connection means that it is gone (the TCP health check).
    if (this.healthCheck && this.timer) setImmediate(() => void this.dial(link));
  }

  private lost(id: string, why: Gone): void {
    this.introduced.delete(id);
    for (const link of this.links.values()) if (link.id === id) link.id = undefined;
    if (this.healthCheck || why === 'silent') this.events.gone(id, why);
  }

  private holdAll(): void {
    for (const link of this.links.values()) link.channel?.hold(this.firewall.isBlocked(link.address.host));
    for (const channel of this.incoming) {
      const address = channel.peer === undefined ? undefined : this.introduced.get(channel.peer);
      channel.hold(this.firewall.isBlocked(address?.host ?? channel.remoteHost));
    }
  }

  private channelTo(id: string): Channel | undefined {
    for (const link of this.links.values()) if (link.channel?.peer === id && !link.channel.closed) return link.channel;
    return undefined;
  }

  isConnected(id: string): boolean {
    return this.channelTo(id) !== undefined;
  }

  connectedIds(): string[] {
    return [...new Set([...this.links.values()].flatMap((link) => (link.channel?.peer ? [link.channel.peer] : [])))];
  }

  connectedAddresses(): Address[] {
    return [...this.links.values()].flatMap((link) => (link.channel?.peer === undefined ? [] : [link.address]));
  }

  /** Milliseconds since the last frame of a node. */
  silence(id: string): number {
    let last = this.heard.get(id) ?? 0;
    for (const link of this.links.values())
      if (link.channel?.peer === id) last = Math.max(last, link.channel.lastHeard);
    for (const channel of this.incoming) if (channel.peer === id) last = Math.max(last, channel.lastHeard);
    return performance.now() - last;
  }

  /** Starts to measure the silence anew, after this process itself was frozen. */
  excuse(): void {
    for (const id of this.heard.keys()) this.heard.set(id, performance.now());
  }

  /** Gives a silent node up: open requests to it fail. */
  drop(id: string): void {
    this.lost(id, 'silent');
    for (const link of this.links.values()) if (link.channel?.peer === id) link.channel.close();
    for (const channel of this.incoming) if (channel.peer === id) channel.close();
  }

  /** @throws Refused `closed` when there is no connection to the node */
  async request<Q extends object, A>(id: string, kind: Call<Q, A>, question: Q): Promise<A> {
    const channel = this.channelTo(id);
    if (!channel) throw new Refused('closed', `no connection to ${id}`);
    return channel.request(kind, question);
  }

  notify<Q extends object, A>(id: string, kind: Call<Q, A>, question: Q): void {
    this.channelTo(id)?.notify(kind, question);
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.server?.close();
    for (const channel of this.incoming) channel.destroy();
    for (const link of this.links.values()) link.channel?.destroy();
  }
}
