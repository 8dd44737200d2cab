/** A client that is back this soon, in milliseconds, was sent back by something. */
const soon = 10_000;
/** Share of moved clients that may be back soon. */
const tolerated = 0.1;

interface Moved {
  readonly at: number;
  /** Which connection it was. */
  readonly connectedAt: number | null;
}

export interface Sighting {
  /** When the present connection began; null where the broker does not tell. */
  readonly connectedAt: number | null;
  readonly seenAt: number;
}

/** Remembers which clients were moved off a node and which of them came back. All times by one clock, in milliseconds. */
export class MovedClients {
  private readonly moved = new Map<string, Moved>();
  private readonly returned = new Set<string>();

  get count(): number {
    return this.moved.size;
  }

  get returnedCount(): number {
    return this.returned.size;
  }

  add(id: string, at: number, connectedAt: number | null): void {
    this.moved.set(id, { at, connectedAt });
  }

  /**
   * What a client that is seen on the node is: never moved, still on the connection that was ended, or back on another.
   * One that is back soon is noted.
   */
  sight(id: string, { connectedAt, seenAt }: Sighting): 'new' | 'ending' | 'back' {
    const before = this.moved.get(id);
    if (before === undefined) return 'new';
    if (connectedAt !== null && connectedAt === before.connectedAt) return 'ending';
    const backAt = connectedAt ?? seenAt;
    if (backAt - before.at <= soon) this.returned.add(id);
    return 'back';
  }

  /** Whether something sends clients back: more than a tenth of those moved, and never for one alone. */
  get sentBack(): boolean {
    return tooMany(this.returned.size, this.moved.size);
  }

  /** The same judgement over a sample. */
  static sampleSentBack(returned: number, sample: number): boolean {
    return tooMany(returned, sample);
  }
}

const tooMany = (returned: number, of: number): boolean => returned > 1 && returned > of * tolerated;
