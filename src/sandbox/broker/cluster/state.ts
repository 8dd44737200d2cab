import type { Phase, Pulse } from './calls.js';
import type { Gate } from './gate.js';
import type { Member, View } from './view.js';

/** How long another view of a member must last before it counts as another member set, in milliseconds. */
const divergedAfter = 1500;

/** What this node knows of the cluster. */
export class ClusterState {
  phase: Phase = 'JOINING';
  /** Members of the view that are gone. */
  readonly suspects = new Set<string>();
  /** Members that asked to leave, in that order. */
  readonly leaving = new Set<string>();
  readonly joining = new Map<string, Member>();
  /** The last heartbeat of each connected node. */
  readonly pulses = new Map<string, Pulse>();
  private readonly divergedSince = new Map<string, number>();
  /** The view that `divergedSince` is about: what was measured in another one says nothing about this one. */
  private divergedFrom: string | undefined;

  constructor(
    readonly self: Member,
    private readonly gate: Gate,
  ) {}

  get view(): View | undefined {
    return this.gate.view;
  }

  isMember(id: string): boolean {
    return this.view?.members.some((member) => member.id === id) ?? false;
  }

  /** The oldest member that is not gone. */
  coordinatorId(): string | undefined {
    return this.view?.members.find((member) => !this.suspects.has(member.id))?.id;
  }

  isCoordinator(): boolean {
    return this.isMember(this.self.id) && this.coordinatorId() === this.self.id;
  }

  hasFailure(): boolean {
    return this.view?.members.some((member) => this.suspects.has(member.id)) ?? false;
  }

  pulse(): Pulse {
    return {
      id: this.self.id,
      phase: this.phase,
      viewId: this.isMember(this.self.id) ? (this.view?.id ?? '') : '',
      size: this.view?.members.length ?? 0,
      coordinator: this.coordinatorId() ?? '',
    };
  }

  /** Nodes of other member sets. */
  foreignPulses(): Pulse[] {
    return [...this.pulses.values()].filter(
      (pulse) =>
        pulse.viewId !== '' && pulse.viewId !== this.view?.id && !this.isMember(pulse.id) && pulse.phase !== 'LEAVING',
    );
  }

  /** Members that have been in another view for a while: this node was thrown out without noticing. */
  diverged(): string[] {
    const now = performance.now();
    const found: string[] = [];
    if (this.divergedFrom !== this.view?.id) this.divergedSince.clear();
    this.divergedFrom = this.view?.id;
    for (const { id } of this.view?.members ?? []) {
      const pulse = this.pulses.get(id);
      const differs = id !== this.self.id && pulse !== undefined && pulse.viewId !== this.view?.id;
      if (!differs) this.divergedSince.delete(id);
      else if (!this.divergedSince.has(id)) this.divergedSince.set(id, now);
      else if (now - (this.divergedSince.get(id) ?? now) > divergedAfter) found.push(id);
    }
    return found;
  }
}
