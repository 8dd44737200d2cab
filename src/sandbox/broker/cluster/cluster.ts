import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, ClusterConfig } from '../config/config.js';
import type { DataStore } from '../store/data-store.js';
import { type Amount, type ChangeKind, describe, joinCluster, leaveCluster, pulse } from './calls.js';
import { done, type Handlers, Refused } from './channel.js';
import { Coordinator } from './coordinator.js';
import { DisasterWatch } from './disaster.js';
import type { Firewall } from './firewall.js';
import type { Gate } from './gate.js';
import { Participant } from './participant.js';
import { type Gone, Peers } from './peers.js';
import { ClusterState } from './state.js';
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

/** How long a starting node looks for others, in milliseconds; random, so that nodes started together differ. */
const discoveryWindow = { least: 250, most: 450, whenOthersStart: 4000 };
const checkEvery = 300;

/** Membership of one node: finding the others, joining, noticing failures, leaving. */
export class Cluster {
  readonly peers: Peers;
  readonly state: ClusterState;
  private readonly participant: Participant;
  private readonly coordinator: Coordinator;
  private readonly disaster = new DisasterWatch();
  /** Members that fell silent and were not heard of since, by address: they may be alive behind a cut network. */
  private readonly unreachable = new Map<string, string>();
  private changeKind: ChangeKind = 'join';
  private lastView: View | undefined;
  private lastCheck = performance.now();
  private lastPulse = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    self: { id: string; version: string },
    private readonly config: ClusterConfig,
    store: DataStore,
    private readonly gate: Gate,
    handlers: Handlers,
    firewall: Firewall,
    private readonly events: ClusterEvents,
  ) {
    const address = config.advertised;
    this.state = new ClusterState({ ...self, ...address, replicaCount: config.replicaCount }, gate);
    this.peers = new Peers({ id: self.id, ...address }, config.transport, handlers, firewall, config.tcpHealthCheck, {
      connected: (id) => this.connected(id),
      gone: (id, why) => this.gone(id, why),
      refused: (at) => void this.unreachable.delete(`${at.host}:${at.port}`),
    });
    this.participant = new Participant(self.id, store, gate, this.peers, {
      changing: (kind, by) => this.changing(kind, by),
      moved: (amount) => events.moved(amount, this.changeKind),
      committed: (view, kind) => this.committed(view, kind),
      aborted: () => this.tell(),
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
    this.peers.setDiscovery(this.config.discovery);
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

  /** The list of static discovery changed in the file. */
  setDiscovery(addresses: Address[]): void {
    this.peers.setDiscovery(addresses);
    for (const key of this.unreachable.keys()) {
      if (!addresses.some((address) => `${address.host}:${address.port}` === key)) this.unreachable.delete(key);
    }
  }

  private connected(id: string): void {
    for (const [key, known] of this.unreachable) if (known === id) this.unreachable.delete(key);
    this.peers.notify(id, pulse, this.state.pulse());
  }

  /** Tells all connected nodes where this one stands. */
  private tell(): void {
    this.lastPulse = performance.now();
    for (const id of this.peers.connectedIds()) this.peers.notify(id, pulse, this.state.pulse());
  }

  private gone(id: string, why: Gone): void {
    this.state.pulses.delete(id);
    this.state.joining.delete(id);
    const member = this.state.view?.members.find((known) => known.id === id);
    if (!member || id === this.state.self.id) return;
    this.state.suspects.add(id);
    if (why === 'silent') this.unreachable.set(`${member.host}:${member.port}`, id);
    this.coordinator.poke();
  }

  private check(): void {
    const now = performance.now();
    const { interval, timeout, enabled } = this.config.heartbeat;
    // A process that was frozen itself must not take the others for dead.
    if (now - this.lastCheck > Math.max(1000, interval)) this.peers.excuse();
    this.lastCheck = now;
    if (enabled && now - this.lastPulse >= interval) this.tell();
    if (enabled) {
      for (const id of new Set([...this.peers.connectedIds(), ...(this.state.view?.members.map((m) => m.id) ?? [])])) {
        if (id !== this.state.self.id && !this.state.suspects.has(id) && this.peers.silence(id) > timeout) {
          this.peers.drop(id);
          this.gone(id, 'silent');
        }
      }
    }
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
    this.tell();
  }

  /** The replica count in effect, or the configured one before the first view. */
  replicaCount(): number {
    return this.state.view ? replicaCountOf(this.state.view.members) : this.config.replicaCount;
  }

  /** Whether somebody can take this node's data, or may come back to take it. */
  hasOthers(): boolean {
    const others = this.state.view?.members.some((member) => member.id !== this.state.self.id) ?? false;
    return others || this.unreachable.size > 0;
  }

  /**
   * Hands everything over and leaves. Ends only when the others have the data, or when nobody else is left; members that
   * merely fell silent are waited for.
   */
  async leave(): Promise<void> {
    this.state.phase = 'LEAVING';
    this.tell();
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

  close(): void {
    clearInterval(this.timer);
    this.peers.close();
  }
}
