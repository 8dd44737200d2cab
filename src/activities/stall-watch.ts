/** A line that has not changed for too long. */
export interface Stall {
  readonly line: string;
  /** Milliseconds since the epoch at which it was first reported. */
  readonly since: number;
}

/** What a look at the reports of a step finds new. */
export type StallNews = { readonly kind: 'stalled' | 'resumed'; readonly stall: Stall } | null;

/** Tells once when what is reported stands still, and once when it moves again. */
export class StallWatch {
  private last: Stall;
  private told: Stall | null = null;

  /**
   * @param after milliseconds for which a line may stay the same
   * @param now the clock, in milliseconds
   */
  constructor(
    line: string,
    private readonly after: number,
    private readonly now: () => number,
  ) {
    this.last = { line, since: now() };
  }

  /** The stall that there is now. */
  get stall(): Stall | null {
    return this.told;
  }

  /** @param expected the step waits for something that it has told, so that standing still is no news */
  look(line: string, expected: boolean): StallNews {
    if (line !== this.last.line || expected) {
      this.last = { line, since: this.now() };
      const over = this.told;
      this.told = null;
      return over && { kind: 'resumed', stall: over };
    }
    if (this.told !== null || this.now() - this.last.since < this.after) return null;
    this.told = this.last;
    return { kind: 'stalled', stall: this.last };
  }
}
