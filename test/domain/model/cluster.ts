import type { Purpose } from '../../../src/domain/checks/index.js';
import { inService, place } from './data.js';
import type { ModelEvent } from './events.js';
import { type ModelNode, spareNode } from './node.js';

export interface ClusterShape {
  readonly clustered: boolean;
  readonly replicaCount: number;
  /** Whether something keeps new clients away from a node whose gate is closed. */
  readonly shielded: boolean;
  /** Random small numbers: how many ticks things take, used round and round. */
  readonly paces: readonly number[];
}

/** A cluster in time: what brokers and their clients do by themselves, tick by tick. It knows no plan and no check. */
export class ModelCluster {
  readonly nodes = new Map<string, ModelNode>();
  /** Ticks until what a failed node held, or a new one gets, is replicated. */
  replicating = 0;
  /** Ticks for which a backup runs, and for which the maintenance window is closed. */
  backup = 0;
  windowClosed = 0;
  /** Clients that find no broker. */
  homeless = 0;
  /** A version that the brokers of some hosts do not start with. */
  bad: { readonly version: string; readonly hosts: readonly string[] } | null = null;
  readonly listeners: ((event: ModelEvent) => void)[] = [];
  /** Crashed nodes that the others still list. */
  private readonly ghosts = new Set<string>();
  private pace = 0;

  constructor(
    hosts: readonly string[],
    readonly shape: ClusterShape,
  ) {
    for (const host of hosts) this.nodes.set(host, spareNode());
  }

  node(host: string): ModelNode {
    const node = this.nodes.get(host);
    if (!node) throw new Error(`no host ${host}`);
    return node;
  }

  tell(event: ModelEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** How many ticks the next thing takes. */
  takes(): number {
    const { paces } = this.shape;
    return 1 + (paces[this.pace++ % Math.max(1, paces.length)] ?? 0);
  }

  hosts(...phases: readonly ModelNode['phase'][]): string[] {
    return [...this.nodes].filter(([, { phase }]) => phases.includes(phase)).map(([host]) => host);
  }

  /** Hosts that a running node lists as its cluster. */
  viewOf(host: string): string[] {
    if (!this.shape.clustered || this.node(host).phase === 'joining') return [host];
    return [...new Set([...this.hosts('up', 'leaving'), ...this.ghosts])].sort();
  }

  tick(): void {
    for (const [host, node] of this.nodes) {
      if (node.left > 0) node.left -= 1;
      if (node.left > 0) continue;
      if (node.phase === 'leaving') this.end(host, true);
      else if (node.phase === 'joining' && this.isBad(host)) this.end(host, false);
      else if (node.phase === 'joining') this.joined(host, node);
    }
    if (this.replicating > 0) {
      this.replicating -= 1;
      if (this.replicating === 0) this.replicated();
    }
    this.backup = Math.max(0, this.backup - 1);
    this.windowClosed = Math.max(0, this.windowClosed - 1);
    this.settleClients();
  }

  /** A planned stop: the broker hands its data over and ends some ticks later. */
  stop(host: string, purpose: Purpose, clientsMayStay: boolean): void {
    this.tell({ type: 'stopping', host, purpose, clientsMayStay });
    Object.assign(this.node(host), { phase: 'leaving', left: this.takes(), away: true });
  }

  /** `run` sets the data of before aside, into data/cluster-backup; `recovery` starts from it. */
  start(host: string, mode: 'run' | 'recovery'): void {
    const node = this.node(host);
    this.tell({ type: 'starting', host, version: node.current ?? 'unknown', mode });
    if (mode === 'run') {
      if (node.copy.size > 0) this.tell({ type: 'overwritten', host, items: [...node.copy] });
      if (node.data.size > 0) node.copy = node.data;
      node.data = new Set();
    }
    Object.assign(node, { phase: 'joining', left: this.takes(), version: node.current });
    node.starts += 1;
  }

  /** The broker is gone at once; the others notice and replicate what they have of its data. */
  crash(host: string): void {
    if (this.node(host).phase === 'off') return;
    const others = this.hosts('up', 'leaving').filter((other) => other !== host);
    if (this.shape.clustered && others.length > 0) {
      this.ghosts.add(host);
      this.replicating = this.takes() + 1;
    }
    this.end(host, false);
  }

  private isBad(host: string): boolean {
    return this.bad !== null && this.bad.version === this.node(host).version && this.bad.hosts.includes(host);
  }

  private joined(host: string, node: ModelNode): void {
    Object.assign(node, { phase: 'up', away: false, configured: null });
    this.ghosts.delete(host);
    // It serves, and gets its share of the data from now on.
    if (this.shape.clustered && this.hosts('up', 'leaving').length > 1)
      this.replicating = Math.max(this.replicating, this.takes());
    this.tell({ type: 'joined', host });
  }

  private replicated(): void {
    this.ghosts.clear();
    place(this);
  }

  private end(host: string, planned: boolean): void {
    const node = this.node(host);
    const before = inService(this);
    if (planned && this.shape.clustered) place(this);
    Object.assign(node, { phase: 'off', left: 0 });
    this.homeless += node.clients;
    node.clients = 0;
    const now = inService(this);
    this.tell({ type: 'stopped', host, planned, lost: [...before].filter((item) => !now.has(item)) });
  }

  /** Clients without a broker go to the least busy one that the way is open to. */
  private settleClients(): void {
    const open = this.hosts('up').map((host) => this.node(host));
    const takers = open.filter(({ gate }) => gate === 'open' || !this.shape.shielded);
    for (; this.homeless > 0 && takers.length > 0; this.homeless -= 1) {
      const [first] = takers.sort((a, b) => a.clients - b.clients);
      if (first) first.clients += 1;
    }
  }
}
