import type { ClusterConfig } from '../config/cluster.js';
import { pulse } from './calls.js';
import type { Peers } from './peers.js';
import type { ClusterState } from './state.js';

/** Tells the others that this node lives, and notices who fell silent. */
export class Heartbeats {
  private lastCheck = performance.now();
  private lastPulse = 0;

  constructor(
    private readonly config: ClusterConfig['heartbeat'],
    private readonly peers: Peers,
    private readonly state: ClusterState,
    private readonly silent: (id: string) => void,
  ) {}

  /** Tells all connected nodes where this one stands. */
  tell(): void {
    this.lastPulse = performance.now();
    for (const id of this.peers.connectedIds()) this.tellOne(id);
  }

  tellOne(id: string): void {
    this.peers.notify(id, pulse, this.state.pulse());
  }

  /** To be called more often than the interval and the time-out say. */
  check(): void {
    const now = performance.now();
    const { interval, timeout, enabled } = this.config;
    // A process that was frozen itself must not take the others for dead.
    if (now - this.lastCheck > Math.max(1000, interval)) this.peers.excuse();
    this.lastCheck = now;
    if (!enabled) return;
    if (now - this.lastPulse >= interval) this.tell();
    const members = this.state.view?.members.map((member) => member.id) ?? [];
    for (const id of new Set([...this.peers.connectedIds(), ...members])) {
      if (id === this.state.self.id || this.state.suspects.has(id) || this.peers.silence(id) <= timeout) continue;
      this.peers.drop(id);
      this.silent(id);
    }
  }
}
