import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { abort, type Amount, type ChangeKind, commit, describe, freeze, move } from './calls.js';
import type { ClusterState } from './state.js';
import type { Participant } from './participant.js';
import type { Peers } from './peers.js';
import type { Member, View } from './view.js';

/** Random per run, so that nobody relies on a time: milliseconds before a join, leave or merge. */
const basePause = { least: 150, most: 500 };
/** The pace of the simulated preparation, in bytes per second, and its longest duration in milliseconds. */
const pace = { bytesPerSecond: 4 * 1024 * 1024, longest: 20_000 };

interface Change {
  kind: ChangeKind;
  members: Member[];
  taking: string[];
}

/** The oldest member's task: turn what happened (joins, leaves, failures, other member sets) into the next view. */
export class Coordinator {
  private running = false;

  constructor(
    private readonly state: ClusterState,
    private readonly participant: Participant,
    private readonly peers: Peers,
    private readonly size: () => Amount,
  ) {}

  /** Looks whether the members must change; safe to call at any time. */
  poke(): void {
    if (this.running) return;
    this.running = true;
    void this.run().finally(() => {
      this.running = false;
    });
  }

  private async run(): Promise<void> {
    for (;;) {
      const change = await this.next();
      if (!change) return;
      await this.prepare(change);
      const fresh = await this.next();
      if (!fresh) return;
      if (!(await this.execute(fresh))) await sleep(50 + Math.random() * 150);
    }
  }

  private async next(): Promise<Change | undefined> {
    const { view } = this.state;
    if (!view || !this.state.isCoordinator()) return undefined;
    const alive = view.members.filter((member) => !this.state.suspects.has(member.id));
    const leaving = alive.filter((member) => this.state.leaving.has(member.id));
    let staying = alive.filter((member) => !this.state.leaving.has(member.id));
    const joining = [...this.state.joining.values()].filter((member) => this.peers.isConnected(member.id));
    const merging = await this.foreign(view);
    const added = [...merging, ...joining].filter((member) => !alive.some((known) => known.id === member.id));
    // When all leave at once, the one that asked last stays and keeps the data.
    if (staying.length + added.length === 0) staying = this.lastToLeave(alive);
    const members = [...staying, ...added];
    if (members.length === view.members.length && added.length === 0) return undefined;
    const failed = alive.length < view.members.length;
    const kind = failed ? 'failure' : merging.length > 0 ? 'merge' : added.length > 0 ? 'join' : 'leave';
    const taking = [...new Set([...staying, ...leaving, ...added].map((member) => member.id))];
    return { kind, members, taking };
  }

  private lastToLeave(alive: readonly Member[]): Member[] {
    const last = [...this.state.leaving].filter((id) => alive.some((member) => member.id === id)).at(-1);
    return alive.filter((member) => member.id === last);
  }

  /** The members of another member set that this node leads the merge with: the larger set leads, then the lower id. */
  private async foreign(view: View): Promise<Member[]> {
    const found: Member[] = [];
    for (const pulse of this.state.foreignPulses()) {
      const leads =
        view.members.length > pulse.size ||
        (view.members.length === pulse.size && this.state.self.id < pulse.coordinator);
      if (!leads || found.some((member) => member.id === pulse.id)) continue;
      try {
        const other = await this.peers.request(pulse.id, describe, {});
        for (const member of other.members) this.peers.introduce(member);
        const reachable = other.members.every((member) => this.peers.isConnected(member.id));
        if (reachable && other.id !== view.id) found.push(...other.members);
      } catch {
        // It left meanwhile; the next look decides.
      }
    }
    return found.filter((member, index) => found.findIndex((known) => known.id === member.id) === index);
  }

  /** A failure is repaired at once; everything else takes its time, a leave the more the larger its data. */
  private async prepare({ kind, members }: Change): Promise<void> {
    if (kind === 'failure') return;
    const base = basePause.least + Math.random() * (basePause.most - basePause.least);
    const bytes = kind === 'leave' && members.length > 0 ? this.size().bytes : 0;
    const until = performance.now() + Math.min(base + (bytes / pace.bytesPerSecond) * 1000, pace.longest);
    while (performance.now() < until && !this.state.hasFailure()) await sleep(25);
  }

  private async execute({ kind, members, taking }: Change): Promise<boolean> {
    const { self } = this.state;
    const token = randomBytes(8).toString('hex');
    const others = taking.filter((id) => id !== self.id);
    try {
      const frozen = await Promise.all(
        taking.map(async (id) => {
          const question = { token, by: self.id, kind };
          const answer =
            id === self.id ? this.participant.freeze(token, self.id, kind) : this.peers.request(id, freeze, question);
          return { id, ...(await answer) };
        }),
      );
      const views = Object.fromEntries(frozen.map((node) => [node.id, node.viewId]));
      const plan = { token, members, views };
      await Promise.all(
        taking.map((id) => (id === self.id ? this.participant.move(plan) : this.peers.request(id, move, plan))),
      );
      const number = Math.max(...frozen.map((node) => node.number)) + 1;
      const view: View = { id: token, number, members };
      await Promise.allSettled(others.map((id) => this.peers.request(id, commit, { token, view, kind })));
      this.participant.commit(token, view, kind);
      return true;
    } catch {
      await Promise.allSettled(others.map((id) => this.peers.request(id, abort, { token })));
      this.participant.abort(token);
      return false;
    }
  }
}
