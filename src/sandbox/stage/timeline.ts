/** A stretch of time in which a host was up, or was not. Times are milliseconds since 1970. */
export interface Interval {
  readonly host: string;
  readonly state: 'up' | 'down';
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
}

/** A stretch in which nobody looked, because this process was held up. What happened in it is unknown. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** What was seen of the hosts over time. */
export class Timeline {
  private readonly closed: Interval[] = [];
  private readonly open = new Map<string, Interval>();

  /** Takes down what one look at a host showed. */
  observe(host: string, up: boolean, at: number): void {
    const state = up ? 'up' : 'down';
    const last = this.open.get(host);
    if (last?.state === state) return;
    if (last !== undefined) this.closed.push({ ...last, to: at });
    this.open.set(host, { host, state, from: at, to: undefined });
  }

  /** Everything seen, ordered by its start. */
  intervals(): Interval[] {
    return [...this.closed, ...this.open.values()].sort((one, other) => one.from - other.from);
  }

  /** The times in which the host was down, within the window. */
  outages(host: string, from = -Infinity, to = Infinity): Interval[] {
    const inWindow = (interval: Interval): boolean => interval.from < to && (interval.to ?? Infinity) > from;
    return this.intervals().filter((one) => one.host === host && one.state === 'down' && inWindow(one));
  }

  /** The largest number of these hosts that were down at the same moment of the window. */
  maxSimultaneouslyDown(hosts: readonly string[], from = -Infinity, to = Infinity): number {
    const outages = hosts.flatMap((host) => this.outages(host, from, to));
    const starts = outages.map((outage) => Math.max(outage.from, from));
    const downAt = (moment: number): number =>
      outages.filter((outage) => outage.from <= moment && (outage.to ?? Infinity) > moment).length;
    return Math.max(0, ...starts.map(downAt));
  }
}
