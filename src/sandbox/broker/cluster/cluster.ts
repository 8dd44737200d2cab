import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../config/address.js';
import type { ClusterConfig } from '../config/cluster.js';
import type { Discovery } from '../discovery/discovery.js';
import type { DataStore } from '../store/data-store.js';
import { type Amount, type ChangeKind, describe, joinCluster, leaveCluster, pulse } from './calls.js';
import { done, type Handlers, Refused } from './channel.js';
import { Coordinator } from './coordinator.js';
import { DisasterWatch } from './disaster.js';
import type { Firewall } from './firewall.js';
import type { Gate } from './gate.js';
import { Participant } from './participant.js';
import { Heartbeats } from './heartbeats.js';
import { type Gone, Peers } from './peers.js';
import { ClusterState } from './state.js';
import type { Transport } from './transport.js';
import { Unreachable } from './unreachable.js';
import { replicaCountOf, type View } from './view.js';

/** What the node does with what happens in the cluster. */
export interface ClusterEvents {
  joining(): void;
  merging(): void;
  /** A new view is in effect; `before` is the one of this node until now. */
  changed(view: View, kind: ChangeKind, before: View | undefined): void;
  moved(amount: Amount, kind: ChangeKind): void;
  /** More nodes failed than the replicas can make up for. */
  disaster(replicaCount: number): void;
}

/** What connects a node with others. */
export interface Network {
  transport: Transport;
  firewall: Firewall;
  discovery: Discovery;
}

/** How long a starting node looks for others, in milliseconds; random, so that nodes started together differ. */
const discoveryWindow = { least: 250, most: 450, whenOthersStart: 4000 };
const checkEvery = 300;

/** Membership of one node: finding the others, joining, noticing failures, leaving. */
export class Cluster {
  readonly peers: Peers;
  private readonly discovery: Discovery;
  readonly state: ClusterState;
  private readonly participant: Participant;
  private readonly coordinator: Coordinator;
  private readonly disaster = new DisasterWatch();
  private readonly unreachable = new Unreachable();
  private readonly heartbeats: Heartbeats;
  private changeKind: ChangeKind = 'join';
  private lastView: View | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    self: { id: string; version: string },
    private readonly config: ClusterConfig,
    network: Network,
    store: DataStore,
    private readonly gate: Gate,
    handlers: Handlers,
    private readonly events: ClusterEvents,
  ) {
    this.discovery = network.discovery;
    const address = config.advertised;
    this.state = new ClusterState({ ...self, ...address, replicaCount: config.replicaCount }, gate);
    this.peers = new Peers({ id: self.id, ...address }, network, handlers, config.tcpHealthCheck, {
      connected: (id) => this.connected(id),
      gone: (id, why) => this.gone(id, why),
      refused: (at) => this.unreachable.ended(at),
    });
    this.heartbeats = new Heartbeats(config.heartbeat, this.peers, this.state, (id) => this.gone(id, 'silent'));
    this.participant = new Participant(self.id, store, gate, this.peers, {
      changing: (kind, by) => this.changing(kind, by),
      moved: (amount) => events.moved(amount, this.changeKind),
      committed: (view, kind) => this.committed(view, kind),
      aborted: () => this.heartbeats.tell(),
    });
    this.coordinator = new Coordinator(this.state, this.participant, this.peers, () => store.size());
    this.participant.serve(handlers);
    this.serve(handlers);
  }

  private serve(handlers: Handlers): void {
    handlers.on(pulse, (from) => {
      this.state.pulses.set(from.id, from);
      if (this.state.foreignPulses().length > 0) this.coordinator.poke();
      return done;
    });
    handlers.on(describe, () => {
      if (!this.state.view) throw new Refused('busy');
      return this.state.view;
    });
    handlers.on(joinCluster, async (member) => {
      const coordinator = this.state.coordinatorId();
      if (!coordinator) throw new Refused('busy');
      if (coordinator !== this.state.self.id) return this.peers.request(coordinator, joinCluster, member);
      this.peers.introduce(member);
      this.state.joining.set(member.id, member);
      this.coordinator.poke();
      return done;
    });
    handlers.on(leaveCluster, ({ id }) => {
      this.state.leaving.add(id);
      this.coordinator.poke();
      return done;
    });
  }

  /** Listens, looks for others and joins them, or begins a member set of its own. */
  async start(): Promise<void> {
    if (!this.config.enabled) {
      this.found();
      return;
    }
    await this.peers.listen();
    await this.discovery.start((addresses) => this.discovered(addresses));
    this.timer = setInterval(() => this.check(), checkEvery);
    const began = performance.now();
    await sleep(discoveryWindow.least + Math.random() * (discoveryWindow.most - discoveryWindow.least));
    let announced = false;
    while (!this.state.isMember(this.state.self.id)) {
      const settled = [...this.state.pulses.values()].find((other) => other.viewId !== '');
      if (settled) {
        if (!announced) this.events.joining();
        announced = true;
        await this.peers
          .request(settled.id, joinCluster, this.state.self)
          .catch(() => this.state.pulses.delete(settled.id));
        await this.gate.change(1000);
      } else if (this.mayFound(performance.now() - began)) {
        this.found();
      } else {
        await sleep(50);
      }
    }
  }

  /** Of nodes that start together the one with the lowest address begins. */
  private mayFound(waited: number): boolean {
    const key = ({ host, port }: Address): string => `${host}:${String(port).padStart(5, '0')}`;
    const others = this.peers.connectedAddresses();
    return waited > discoveryWindow.whenOthersStart || others.every((address) => key(this.state.self) <= key(address));
  }

  private found(): void {
    const view: View = { id: `${this.state.self.id}-1`, number: 1, members: [this.state.self] };
    this.gate.open(view);
    this.committed(view, 'join');
  }

  /** What discovery found now. */
  private discovered(addresses: Address[]): void {
    this.peers.setDiscovery(addresses);
    this.unreachable.keepOnly(addresses);
  }

  private connected(id: string): void {
    this.unreachable.heard(id);
    this.heartbeats.tellOne(id);
  }

  private gone(id: string, why: Gone): void {
    this.state.pulses.delete(id);
    this.state.joining.delete(id);
    const member = this.state.view?.members.find((known) => known.id === id);
    if (!member || id === this.state.self.id) return;
    this.state.suspects.add(id);
    if (why === 'silent') this.unreachable.fellSilent(id, member);
    this.coordinator.poke();
  }

  private check(): void {
    this.heartbeats.check();
    if (!this.participant.isChanging) {
      for (const id of this.state.diverged()) this.state.suspects.add(id);
    }
    this.coordinator.poke();
  }

  private changing(kind: ChangeKind, by: string): void {
    this.changeKind = kind;
    const apart = this.state.view !== undefined && !this.state.isMember(by);
    if (kind === 'merge' && apart && this.state.phase === 'RUNNING') {
      this.state.phase = 'MERGING';
      this.events.merging();
    }
  }

  private committed(view: View, kind: ChangeKind): void {
    const before = this.lastView;
    this.lastView = view;
    const lost = (before?.members ?? []).filter((member) => this.state.suspects.has(member.id));
    const stillIn = view.members.map((member) => member.id);
    for (const id of stillIn) this.state.suspects.delete(id);
    for (const { id } of before?.members ?? []) {
      if (stillIn.includes(id)) continue;
      this.state.suspects.delete(id);
      this.state.leaving.delete(id);
    }
    for (const member of view.members) {
      this.state.joining.delete(member.id);
      this.peers.introduce(member);
    }
    if (this.state.phase !== 'LEAVING') this.state.phase = 'RUNNING';
    this.events.changed(view, kind, before);
    if (lost.length > 0 && before && this.disaster.lost(lost.length, before))
      this.events.disaster(replicaCountOf(before.members));
    this.heartbeats.tell();
  }

  /** The replica count in effect, or the configured one before the first view. */
  replicaCount(): number {
    return this.state.view ? replicaCountOf(this.state.view.members) : this.config.replicaCount;
  }

  /** Whether somebody can take this node's data, or may come back to take it. */
  hasOthers(): boolean {
    const others = this.state.view?.members.some((member) => member.id !== this.state.self.id) ?? false;
    return others || this.unreachable.any;
  }

  /**
   * Hands everything over and leaves. Ends only when the others have the data, or when nobody else is left; members that
   * merely fell silent are waited for.
   */
  async leave(): Promise<void> {
    this.state.phase = 'LEAVING';
    this.heartbeats.tell();
    while (this.state.isMember(this.state.self.id) && this.hasOthers()) {
      const coordinator = this.state.coordinatorId();
      if (coordinator === this.state.self.id) {
        this.state.leaving.add(this.state.self.id);
        this.coordinator.poke();
      } else if (coordinator) {
        await this.peers.request(coordinator, leaveCluster, { id: this.state.self.id }).catch(() => undefined);
      }
      await this.gate.change(400);
    }
  }

  /** Stops looking for others, and takes the own announcement back. */
  withdraw(): Promise<void> {
    return this.discovery.stop();
  }

  close(): void {
    clearInterval(this.timer);
    this.peers.close();
  }
}
