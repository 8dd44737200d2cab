/** A client that is back this soon, in milliseconds, was sent back by something. */
export const soon = 10_000;
/** Share of moved clients that may be back soon. */
const tolerated = 0.1;
/** Clients that are remembered; of a drain of more, those that were moved last. Holds memory flat, a few megabytes. */
const remembered = 20_000;

interface Moved {
  readonly at: number;
  /** Which connection it was. */
  readonly connectedAt: number | null;
  returned: boolean;
}

export interface Sighting {
  /** When the present connection began; null where the broker does not tell. */
  readonly connectedAt: number | null;
  readonly seenAt: number;
}

/** Remembers which clients were moved off a node and which of them came back. All times by one clock, in milliseconds. */
export class MovedClients {
  private readonly latest = new Map<string, Moved>();
  private total = 0;
  private returns = 0;

  /** Clients that were moved; one that is forgotten and moved once more counts twice. */
  get count(): number {
    return this.total;
  }

  get returnedCount(): number {
    return this.returns;
  }

  add(id: string, at: number, connectedAt: number | null): void {
    const before = this.latest.get(id);
    if (!before) this.total += 1;
    // Put at the end: the order is that of the last move.
    this.latest.delete(id);
    this.latest.set(id, { at, connectedAt, returned: before?.returned ?? false });
    for (const oldest of this.latest.keys()) {
      if (this.latest.size <= remembered) break;
      this.latest.delete(oldest);
    }
  }

  /**
   * What a client that is seen on the node is: not known to have been moved, still on the connection that was ended, or
   * back on another. One that is back soon is noted.
   */
  sight(id: string, { connectedAt, seenAt }: Sighting): 'new' | 'ending' | 'back' {
    const before = this.latest.get(id);
    if (before === undefined) return 'new';
    // Nobody takes ten seconds to end a connection: it is asked once more.
    if (connectedAt !== null && connectedAt === before.connectedAt) return seenAt - before.at > soon ? 'new' : 'ending';
    const backAt = connectedAt ?? seenAt;
    if (backAt - before.at <= soon && !before.returned) {
      before.returned = true;
      this.returns += 1;
    }
    return 'back';
  }

  /** Up to `most` of those that were moved since then, evenly spread. */
  since(at: number, most: number): string[] {
    const recent: string[] = [];
    for (const [id, moved] of this.latest) if (moved.at >= at) recent.push(id);
    const step = Math.max(1, recent.length / most);
    return Array.from({ length: Math.min(most, recent.length) }, (_, index) => recent[Math.floor(index * step)] ?? '');
  }

  /** Whether something sends clients back: more than a tenth of those moved, and never for one alone. */
  get sentBack(): boolean {
    return tooMany(this.returns, this.total);
  }

  /** The same judgement over a sample. */
  static sampleSentBack(returned: number, sample: number): boolean {
    return tooMany(returned, sample);
  }
}

const tooMany = (returned: number, of: number): boolean => returned > 1 && returned > of * tolerated;
