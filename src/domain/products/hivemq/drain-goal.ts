/** What a drain says of itself in one line: goal, current, what is left, and how long that takes. Counts alone, no client. */
export class DrainGoal {
  /** Clients that the cluster knows, offline ones included; null until they were counted. */
  known: number | null = null;
  private looked = 0;
  private here = 0;
  private wholeLists = 0;

  constructor(private readonly node: string) {}

  /** The list is read from its beginning. */
  begin(): void {
    this.looked = 0;
    this.here = 0;
  }

  /** One client of the list was looked at. */
  look(isHere: boolean): void {
    this.looked += 1;
    if (isHere) this.here += 1;
  }

  /** The list was read to its end. */
  end(): void {
    this.wholeLists += 1;
  }

  /** E.g. `n2: 340 of about 1200 clients moved, 860 left, 100 a second, about 9 s left`. */
  line(moved: number, perSecond: number): string {
    const pace = `${perSecond} a second`;
    const goal = this.goal(moved);
    if (goal === null) return `${this.node}: ${moved} clients moved, ${pace}`;
    const left = Math.max(0, goal.clients - moved);
    const count = `${moved} of ${goal.exact ? '' : 'about '}${goal.clients} clients moved`;
    return `${this.node}: ${count}, ${left} left, ${pace}, about ${timeText(left / perSecond)} left`;
  }

  /** The share of those looked at so far holds for the rest: the list is in no order. */
  private goal(moved: number): { readonly clients: number; readonly exact: boolean } | null {
    if (this.wholeLists > 0) return { clients: moved, exact: true };
    if (this.known === null || this.looked === 0) return null;
    const rest = Math.max(0, this.known - this.looked);
    return { clients: Math.max(moved, Math.round(this.here + (rest * this.here) / this.looked)), exact: rest === 0 };
  }
}

/** Seconds as people say them. */
function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
